namespace Runtime.Exec.Programs;

/// <summary>Searching for text: GNU grep and ripgrep. Neither follows links below a folder unless told.</summary>
internal static class GrepOptions
{
    /// <summary>grep, egrep, fgrep.</summary>
    public static readonly ProgramProfile Grep = new ReaderProfile(Operands.TextThenPaths,
        """
        -# -abcEFGhHiIlLnoPqrsTUvVwxyzZ -A: -B: -C: -d: -D: -e: -f@ -m: -R --dereference-recursive --extended-regexp --fixed-strings --basic-regexp --perl-regexp --regexp: --file@
        --ignore-case --no-ignore-case --word-regexp --line-regexp --null-data --no-messages --invert-match --max-count: --byte-offset --line-number --line-buffered --with-filename
        --no-filename --label: --only-matching --quiet --silent --binary-files: --text --directories: --devices: --recursive --include: --exclude: --exclude-from@ --exclude-dir:
        --files-without-match --files-with-matches --count --initial-tab --null --before-context: --after-context: --context? --color? --colour? --unix-byte-offsets --binary
        --group-separator: --no-group-separator --help --version
        """)
    {
        TextOptions = ["-e", "-f", "--regexp", "--file"],
        FollowsLinks = parsed => parsed.Has("-R", "--dereference-recursive"),
        Also = parsed => parsed.Values("-d", "-D", "--directories", "--devices").Any(value => value is not ("skip" or "recurse")) ? "Reading folders or devices as files asks." : null,
    };

    /// <summary>rg.</summary>
    public static readonly ProgramProfile Ripgrep = new ReaderProfile(Operands.TextThenPaths,
        """
        -.0aAbcFHiIlnNopPqsSuUvVwx -A: -B: -C: -d: -e: -f@ -g: -j: -m: -M: -r: -t: -T: -E: -L! -z! --follow! --search-zip! --pre! --pre-glob! --hostname-bin! --ignore-file! --regexp: --file@
        --after-context: --before-context: --context: --case-sensitive --color: --colors: --column --count --count-matches --files --files-with-matches --files-without-match --fixed-strings
        --glob: --iglob: --heading --no-heading --hidden --ignore-case --invert-match --json --line-number --no-line-number --line-regexp --max-columns: --max-count: --max-depth:
        --max-filesize: --multiline --multiline-dotall --no-config --no-filename --no-ignore --no-ignore-vcs --no-messages --null --only-matching --passthru --pcre2 --pretty --quiet
        --replace: --smart-case --sort: --sortr: --stats --text --threads: --trim --type: --type-not: --type-list --unrestricted --vimgrep --with-filename --word-regexp --help --version
        """)
    {
        TextOptions = ["-e", "-f", "--regexp", "--file", "--files", "--type-list"],
    };
}
