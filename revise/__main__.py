"""`python -m revise`."""

from revise.cli import main

if __name__ == "__main__":
    main()
