using System.Collections.Frozen;

namespace Runtime.Exec.Programs;

/// <summary>The commands of git that read, and their options (git 2.39 to 2.51). Immutable.</summary>
internal static class GitCommands
{
    private const string Unsafe = " --output! --ext-diff! --textconv! --no-index! --open-files-in-pager! --output-directory! --exec! --upload-pack! --show-signature! --help! ";

    private const string Diff =
        """
        -p -u -s -U: -M? -C? -B? -D -l: -a -b -w -z -R -W -S: -G: -1 -2 -3 -0 --patch --no-patch --unified: --raw --patch-with-raw --patch-with-stat --minimal --patience --histogram --anchored:
        --diff-algorithm: --stat? --compact-summary --numstat --shortstat --dirstat? --cumulative --summary --name-only --name-status --submodule? --color? --no-color --color-moved?
        --no-color-moved --word-diff? --word-diff-regex: --color-words? --no-renames --check --full-index --binary --abbrev? --no-abbrev --find-renames? --find-copies? --find-copies-harder
        --irreversible-delete --diff-filter: --pickaxe-all --pickaxe-regex --find-object: --relative? --no-relative --text --ignore-cr-at-eol --ignore-space-at-eol --ignore-space-change
        --ignore-all-space --ignore-blank-lines --ignore-matching-lines: --inter-hunk-context: --function-context --exit-code --quiet --no-ext-diff --no-textconv --ignore-submodules?
        --src-prefix: --dst-prefix: --no-prefix --default-prefix --line-prefix: --ita-invisible-in-index --indent-heuristic --no-indent-heuristic --output-indicator-new:
        --output-indicator-old: --output-indicator-context: --stat-width: --stat-name-width: --stat-count: --merge-base --cached --staged --cc --combined-all-paths -O! --orderfile! --rotate-to:
        --skip-to:
        """;

    private const string Revisions =
        """
        -n: -i -E -F -P -g -c -m -t -r -q -L: --max-count: --skip: --since: --after: --until: --before: --since-as-filter: --author: --committer: --grep: --grep-reflog: --all-match
        --invert-grep --regexp-ignore-case --basic-regexp --extended-regexp --fixed-strings --perl-regexp --remove-empty --merges --no-merges --min-parents: --max-parents: --no-min-parents
        --no-max-parents --first-parent --exclude-first-parent-only --not --all --branches? --tags? --remotes? --glob: --exclude: --exclude-hidden: --reflog --alternate-refs --single-worktree
        --ignore-missing --bisect --cherry-mark --cherry-pick --left-only --right-only --cherry --walk-reflogs --merge --boundary --simplify-by-decoration --full-history --dense --sparse
        --simplify-merges --ancestry-path? --show-pulls --date-order --author-date-order --topo-order --reverse --no-walk? --do-walk --pretty? --format: --abbrev-commit --no-abbrev-commit
        --oneline --encoding: --expand-tabs? --no-expand-tabs --notes? --no-notes --show-notes? --relative-date --date: --parents --children --left-right --graph --no-graph --show-linear-break?
        --follow --no-decorate --decorate? --decorate-refs: --decorate-refs-exclude: --source --log-size --use-mailmap --no-mailmap --mailmap --no-use-mailmap --full-diff --diff-merges:
        --no-diff-merges --remerge-diff --count --objects --no-commit-header --commit-header --disk-usage? --end-of-options --root --always --stdin!
        """;

    private static readonly GitCommand Log = new(Git(Diff + " " + Revisions, numbers: true));
    private static readonly GitCommand Plumbing = new(Git(Diff + " -c -m -r -t --root --no-commit-id --always -v --stdin!"), NeedsOperand);

    private static readonly FrozenDictionary<string, GitCommand> Table = new Dictionary<string, GitCommand>
    {
        ["log"] = Log,
        ["show"] = Log,
        ["whatchanged"] = Log,
        ["rev-list"] = Log,
        ["reflog"] = new(Git(Diff + " " + Revisions, numbers: true), parsed => parsed.Operands is ["expire" or "delete" or "drop" or "write" or "exists", ..] ? "it writes." : null),
        ["diff"] = new(Git(Diff, numbers: true)),
        ["diff-tree"] = Plumbing,
        ["diff-index"] = Plumbing,
        ["diff-files"] = new(Git(Diff + " -q")),
        ["range-diff"] = new(Git("--creation-factor: --no-dual-color --left-only --right-only " + Diff)),
        ["status"] = new(Git(
            "-s -b -v -z --short --branch --show-stash --no-show-stash --porcelain? --long --verbose --untracked-files? -u? --ignore-submodules? --ignored? --column? --no-column --ahead-behind --no-ahead-behind --renames --no-renames --find-renames?", clusters: true)),
        ["ls-files"] = new(Git(
            "-c -d -m -o -i -s -k -t -v -f -u -z -x: --cached --deleted --modified --others --ignored --stage --killed --unmerged --directory --no-empty-directory --eol --deduplicate --exclude: --exclude-standard --full-name --error-unmatch --abbrev? --format: --debug --sparse -X! --exclude-from! --exclude-per-directory! --with-tree: --recurse-submodules!", clusters: true)),
        ["ls-tree"] = new(Git("-d -r -t -l -z --long --name-only --name-status --object-only --abbrev? --full-name --full-tree --format:", clusters: true)),
        ["cat-file"] = new(Git("-t -s -e -p --allow-unknown-type --batch! --batch-check! --batch-command! --filters!")),
        ["blame"] = new(Git("-b -c -t -f -n -p -s -e -w -l -L: -M? -C? --root --show-stats --porcelain --line-porcelain --incremental --date: --show-name --show-number --show-email --abbrev: --since: --score-debug --color-lines --color-by-age --minimal --first-parent --no-progress --reverse -S! --contents! --ignore-revs-file! --ignore-rev:")),
        ["annotate"] = new(Git("-b -t -l -L:")),
        ["grep"] = new(Git(
            "-a -I -i -w -v -h -H -E -G -F -P -n -l -L -z -o -c -p -W -q -r -e: -m: -A: -B: -C: --cached --untracked --text --ignore-case --word-regexp --invert-match --max-depth: --recursive --full-name --extended-regexp --basic-regexp --perl-regexp --fixed-strings --line-number --column --files-with-matches --name-only --files-without-match --null --only-matching --count --color? --no-color --break --heading --show-function --context: --after-context: --before-context: --function-context --max-count: --threads: --and --or --not --all-match --quiet --exclude-standard --no-exclude-standard -O! -f! --recurse-submodules!",
            numbers: true, clusters: true)),
        ["branch"] = new(Git("-l -a -r -v -vv -i --list --all --remotes --verbose --show-current --contains? --no-contains? --merged? --no-merged? --sort: --points-at: --format: --color? --no-color --column? --no-column --abbrev: --no-abbrev --ignore-case", clusters: true),
            parsed => parsed.Operands.Count == 0 || parsed.Has("--list", "-l") || Filters(parsed) ? null : "with a name it makes a branch."),
        ["tag"] = new(Git("-l -n? -i --list --contains? --no-contains? --merged? --no-merged? --sort: --points-at: --format: --color? --column? --no-column --ignore-case"),
            parsed => parsed.Operands.Count == 0 || parsed.Has("--list", "-l") || Filters(parsed) ? null : "with a name it makes a tag."),
        ["remote"] = new(Git("-v --verbose --all --push"), parsed => parsed.Operands.Count == 0 || parsed.Operands is ["get-url", _] ? null : "it writes, or asks the remote."),
        ["stash"] = new(Git(Diff + " " + Revisions, numbers: true), parsed => parsed.Operands is ["list" or "show", ..] ? null : "it writes."),
        ["worktree"] = new(Git("-v -z --porcelain --verbose"), parsed => parsed.Operands is ["list"] ? null : "it writes."),
        ["notes"] = new(Git(""), parsed => parsed.Operands is [] or ["list" or "show", ..] ? null : "it writes."),
        ["config"] = new(Git("-l -z --list --get --get-all --get-regexp --type: --bool --int --local --show-origin --show-scope --name-only --null"), ReadsConfig),
        ["var"] = new(Git(""), parsed => parsed.Operands is ["GIT_AUTHOR_IDENT" or "GIT_COMMITTER_IDENT" or "GIT_EDITOR" or "GIT_PAGER" or "GIT_DEFAULT_BRANCH"] ? null : "it shows settings."),
        ["fsck"] = new(Git("-v --verbose --full --no-full --strict --unreachable --dangling --no-dangling --root --tags --cache --no-reflogs --connectivity-only --progress --no-progress --name-objects --lost-found!")),
        ["describe"] = new(Git("--all --tags --contains --abbrev: --candidates: --exact-match --debug --long --match: --exclude: --always --first-parent --dirty? --broken?")),
        ["shortlog"] = new(Git("-s -n -e -c -w? --summary --numbered --email --group: --format: --committer --since: --until: --author: --no-merges --all --max-count:", clusters: true),
            parsed => parsed.Operands.Count > 0 || parsed.Has("--all") ? null : "without a revision it reads its input."),
        ["rev-parse"] = new(Git("-q --verify --quiet --short? --abbrev-ref? --symbolic --symbolic-full-name --all --branches? --tags? --remotes? --show-toplevel --show-prefix --show-cdup --git-dir --absolute-git-dir --git-common-dir --is-inside-work-tree --is-inside-git-dir --is-bare-repository --is-shallow-repository --show-object-format? --revs-only --no-revs --flags --no-flags --since: --until: --disambiguate:")),
        ["merge-base"] = new(Git("-a --all --octopus --independent --is-ancestor --fork-point")),
        ["name-rev"] = new(Git("--tags --refs: --exclude: --name-only --no-undefined --always --all")),
        ["for-each-ref"] = new(Git("--count: --sort: --format: --color? --points-at: --merged? --no-merged? --contains? --no-contains? --ignore-case --omit-empty --exclude: --shell --perl --python --tcl")),
        ["show-ref"] = new(Git("-q -d -s --head --heads --tags --branches --dereference --hash? --verify --abbrev? --quiet", clusters: true)),
        ["show-branch"] = new(Git("-a -r -g? --all --remotes --current --topo-order --date-order --sparse --more: --list --independent --merge-base --no-name --sha1-name --topics --reflog? --color? --no-color")),
        ["symbolic-ref"] = new(Git("-q --quiet --short --recurse --no-recurse"), parsed => parsed.Operands.Count <= 1 ? null : "with two names it writes."),
        ["cherry"] = new(Git("-v --abbrev?")),
        ["count-objects"] = new(Git("-v -H --verbose --human-readable", clusters: true)),
        ["check-ignore"] = new(Git("-q -v -z -n --quiet --verbose --non-matching --no-index", clusters: true)),
        ["check-attr"] = new(Git("-a -z --all --cached")),
        ["check-ref-format"] = new(Git("--allow-onelevel --branch --normalize")),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A command, or null where it is none that only reads.</summary>
    public static GitCommand? Find(string name) => Table.GetValueOrDefault(name);

    private static OptionTable Git(string options, bool numbers = false, bool clusters = false) => new(Unsafe + options) { HasNumbers = numbers, IsGetopt = clusters };

    private static string? NeedsOperand(ParsedOptions parsed) => parsed.Operands.Count > 0 ? null : "without a revision it reads its input.";

    /// <summary>Options with which a name is what is looked for, and nothing is made (git-branch(1), git-tag(1)).</summary>
    private static bool Filters(ParsedOptions parsed) => parsed.Has("--contains", "--no-contains", "--merged", "--no-merged", "--points-at");

    /// <summary>
    /// What reads settings: a name alone, a pattern, or all of them. They are the repository's own (<see cref="EnvironmentRules"/>), none of
    /// which is a secret but a remote's address (<see cref="GitRepository.HoldsPassword"/>); another that may be one is asked about by name.
    /// </summary>
    private static string? ReadsConfig(ParsedOptions parsed)
    {
        var operands = parsed.Operands;
        if ((operands.Count == 0 && parsed.Has("-l", "--list")) || (operands.Count == 1 && parsed.Has("--get-regexp")) || operands is ["list"]) return null;
        if (parsed.Has("-l", "--list", "--get-regexp")) return "it is not known what it shows.";
        var key = operands is ["get", var named] ? named : operands is [var only] ? only : null;
        if (key is null) return "with a value it writes.";
        var section = key.Split('.')[0].ToLowerInvariant();
        return section is "user" or "core" or "branch" or "init" or "color" or "diff" or "merge" or "pull" or "push" or "remote" ? null : "the setting may hold a secret.";
    }
}
