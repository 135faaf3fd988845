using System.Collections.Frozen;

namespace Runtime.Exec.Programs;

/// <summary>The profiles, by the name of the program: GNU coreutils, findutils, grep, git and what else is common on a small box. Immutable.</summary>
internal static class ProgramProfiles
{
    private const string Help = " --help --version";
    private const string Sum = "-bctz --binary --text --tag --zero -c! --check!" + Help;

    private static readonly ProgramProfile NoArguments = new ReaderProfile(Operands.Texts, Help, most: 0);
    private static readonly ProgramProfile Sums = new ReaderProfile(Operands.Paths, Sum);

    private static readonly FrozenDictionary<string, ProgramProfile> Table = new Dictionary<string, ProgramProfile>
    {
        ["ls"] = new ReaderProfile(Operands.Paths,
            """
            -aAbcCdfFgGhiklmnNopqQrRsStuUvxXZ1B -I: -w: -T: --all --almost-all --author --escape --block-size: --ignore-backups --color? --directory --dired --classify?
            --file-type --format: --full-time --group-directories-first --no-group --human-readable --si --hide: --hyperlink? --indicator-style: --inode --ignore: --kibibytes
            --numeric-uid-gid --literal --hide-control-chars --show-control-chars --quote-name --quoting-style: --reverse --recursive --size --sort: --time: --time-style:
            --tabsize: --width: --context --zero -L! -H! --dereference! --dereference-command-line! --dereference-command-line-symlink-to-dir!
            """ + Help),
        ["cat"] = new ReaderProfile(Operands.Paths, "-AbeEnstTuv --show-all --number-nonblank --show-ends --number --squeeze-blank --show-tabs --show-nonprinting" + Help),
        ["tac"] = new ReaderProfile(Operands.Paths, "-br -s: --before --regex --separator:" + Help),
        ["nl"] = new ReaderProfile(Operands.Paths, "-p -b: -d: -f: -h: -i: -l: -n: -s: -v: -w: --body-numbering: --section-delimiter: --number-width: --number-format: --number-separator:" + Help),
        ["head"] = new ReaderProfile(Operands.Paths, "-# -qvz -n: -c: --lines: --bytes: --quiet --silent --verbose --zero-terminated" + Help),
        ["tail"] = new ReaderProfile(Operands.Paths, "-# -qvz -n: -c: --lines: --bytes: --quiet --silent --verbose --zero-terminated -f! -F! --follow! --retry! --pid! --sleep-interval!" + Help),
        ["wc"] = new ReaderProfile(Operands.Paths, "-cmlLw --bytes --chars --lines --max-line-length --words --total: --files0-from!" + Help),
        ["sort"] = new ReaderProfile(Operands.Paths,
            """
            -bdfghiMnRrVcCmsuz -k: -t: -S: --ignore-leading-blanks --dictionary-order --ignore-case --general-numeric-sort --human-numeric-sort --ignore-nonprinting --month-sort
            --numeric-sort --reverse --version-sort --sort: --check? --key: --merge --stable --field-separator: --unique --zero-terminated --parallel: --buffer-size:
            -o! -T! --output! --temporary-directory! --compress-program! --files0-from! --random-source! --random-sort --batch-size: --debug
            """ + Help),
        ["uniq"] = new ReaderProfile(Operands.Paths, "-cdDiuz -f: -s: -w: --count --repeated --all-repeated? --group? --ignore-case --unique --zero-terminated --skip-fields: --skip-chars: --check-chars:" + Help, most: 1),
        ["cut"] = new ReaderProfile(Operands.Paths, "-nsz -b: -c: -d: -f: --bytes: --characters: --delimiter: --fields: --only-delimited --complement --output-delimiter: --zero-terminated" + Help),
        ["tr"] = new ReaderProfile(Operands.Texts, "-cCdst --complement --delete --squeeze-repeats --truncate-set1" + Help),
        ["comm"] = new ReaderProfile(Operands.Paths, "-123z --check-order --nocheck-order --output-delimiter: --total --zero-terminated" + Help),
        ["join"] = new ReaderProfile(Operands.Paths, "-iz -a: -e: -j: -o: -t: -v: -1: -2: --ignore-case --header --check-order --nocheck-order --zero-terminated" + Help),
        ["paste"] = new ReaderProfile(Operands.Paths, "-sz -d: --serial --delimiters: --zero-terminated" + Help),
        ["fold"] = new ReaderProfile(Operands.Paths, "-bs -w: --bytes --spaces --width:" + Help),
        ["fmt"] = new ReaderProfile(Operands.Paths, "-cstu -w: -p: -g: --crown-margin --split-only --tagged-paragraph --uniform-spacing --width: --prefix: --goal:" + Help),
        ["expand"] = new ReaderProfile(Operands.Paths, "-i -t: --initial --tabs:" + Help),
        ["unexpand"] = new ReaderProfile(Operands.Paths, "-a -t: --all --first-only --tabs:" + Help),
        ["rev"] = new ReaderProfile(Operands.Paths, Help),
        ["diff"] = new ReaderProfile(Operands.Paths,
            """
            -abBcdeEfiNnpqstuwyZ -C: -U: -W: -I: -x: -X@ --text --ignore-all-space --ignore-space-change --ignore-blank-lines --ignore-case --ignore-matching-lines: --brief
            --report-identical-files --context? --unified? --side-by-side --width: --color? --minimal --new-file --label: --from-file@ --to-file@ --exclude: --exclude-from@
            --strip-trailing-cr --suppress-common-lines --normal --no-dereference -r --recursive -l! --paginate! --palette: --show-c-function
            """ + Help)
        { FollowsLinks = _ => true },
        ["cmp"] = new ReaderProfile(Operands.Paths, "-bls -n: -i: --print-bytes --verbose --quiet --silent --bytes: --ignore-initial:" + Help),
        ["stat"] = new ReaderProfile(Operands.Paths, "-ft -c: --format: --printf: --terse --file-system -L! --dereference!" + Help),
        ["file"] = new ReaderProfile(Operands.Paths, "-bhikNnr0 -F: --brief --mime --mime-type --mime-encoding --separator: --no-dereference --no-pad --raw --extension --keep-going" + Help),
        ["du"] = new ReaderProfile(Operands.Paths,
            """
            -abchklmsSx0 -B: -d: -t: --all --apparent-size --block-size: --bytes --total --human-readable --inodes --max-depth: --null --si --summarize --separate-dirs --threshold:
            --time? --time-style: --one-file-system --exclude: -X! -L! -H! -D! --dereference! --dereference-args! --exclude-from! --files0-from!
            """ + Help),
        ["df"] = new ReaderProfile(Operands.Paths, "-ahHiklPT -B: -t: -x: --all --block-size: --human-readable --si --inodes --local --portability --print-type --total --type: --exclude-type: --output?" + Help),
        ["basename"] = new ReaderProfile(Operands.Texts, "-az -s: --multiple --suffix: --zero" + Help),
        ["dirname"] = new ReaderProfile(Operands.Texts, "-z --zero" + Help),
        ["realpath"] = new ReaderProfile(Operands.Paths, "-emLPqsz --canonicalize-existing --canonicalize-missing --logical --physical --quiet --strip --no-symlinks --zero --relative-to@ --relative-base@" + Help),
        ["readlink"] = new ReaderProfile(Operands.Paths, "-femnqsvz --canonicalize --canonicalize-existing --canonicalize-missing --no-newline --quiet --silent --verbose --zero" + Help),
        ["date"] = new ReaderProfile(Operands.Texts, "-uR -I? -d: -r@ --utc --universal --rfc-email --iso-8601? --rfc-3339: --date: --reference@ -s! -f! --set! --file! --debug" + Help)
        {
            Also = parsed => parsed.Operands.All(operand => operand.StartsWith('+')) ? null : "date with a time sets the clock.",
        },
        ["echo"] = new EchoProfile(),
        ["printf"] = new EchoProfile(),
        ["pwd"] = new ReaderProfile(Operands.Texts, "-LP --logical --physical" + Help, most: 0),
        ["true"] = NoArguments,
        ["false"] = NoArguments,
        ["whoami"] = NoArguments,
        ["nproc"] = new ReaderProfile(Operands.Texts, "--all --ignore:" + Help, most: 0),
        ["arch"] = NoArguments,
        ["tty"] = NoArguments,
        ["id"] = new ReaderProfile(Operands.Texts, "-agGnruzZ --group --groups --name --real --user --zero" + Help),
        ["groups"] = new ReaderProfile(Operands.Texts, Help),
        // What a command gets as its environment has no secrets in it (EnvironmentRules); with an operand env runs programs.
        ["env"] = NoArguments,
        ["printenv"] = new ReaderProfile(Operands.Texts, "-0 --null" + Help),
        ["locale"] = new ReaderProfile(Operands.Texts, "-amckv --all-locales --charmaps --category-name --keyword-name --verbose" + Help),
        ["getconf"] = new ReaderProfile(Operands.Texts, "-a", most: 1),
        ["cal"] = new ReaderProfile(Operands.Texts, "-13yjmsnSM -A: -B:" + Help, most: 3),
        ["ncal"] = new ReaderProfile(Operands.Texts, "-13yjhewMSb -A: -B:", most: 2),
        ["expr"] = new ExprProfile(),
        ["factor"] = new ReaderProfile(Operands.Texts, "-h --exponents" + Help)
        {
            Also = parsed => parsed.Operands.All(operand => operand.Length <= 18) ? null : "factor would count for long.",
        },
        ["numfmt"] = new ReaderProfile(Operands.Texts, "-d: -z --debug --delimiter: --field: --format: --from: --from-unit: --grouping --header? --invalid: --padding: --round: --suffix: --to: --to-unit: --zero-terminated" + Help),
        ["shuf"] = new ReaderProfile(Operands.Paths, "-zr -n: -i: --input-range: --head-count: --repeat --zero-terminated -e! --echo! -o! --output! --random-source!" + Help, most: 1),
        ["bc"] = new ReaderProfile(Operands.Paths, "-lqsw --mathlib --quiet --standard --warn" + Help),
        ["lscpu"] = new ReaderProfile(Operands.Texts, "-abBcJyCep --all --bytes --online --offline --json --physical --caches? --extended? --parse? --hierarchic?" + Help, most: 0),
        ["lsblk"] = new ReaderProfile(Operands.Texts, "-abdfilmnprstJOSPTz -o: -I: -e: -x: --all --bytes --nodeps --fs --output: --json --list --noheadings --paths --perms --topology --tree? --pairs --raw --scsi" + Help, most: 0),
        ["lsusb"] = new ReaderProfile(Operands.Texts, "-tvV -s: -d: --tree --verbose" + Help, most: 0),
        ["lspci"] = new ReaderProfile(Operands.Texts, "-nkmvtDb -s: -d:" + Help, most: 0),
        ["lsmod"] = NoArguments,
        ["who"] = new ReaderProfile(Operands.Texts, "-abdHlmpqrstTuw --all --boot --dead --heading --login --count --runlevel --short --time --users" + Help, most: 0),
        ["pgrep"] = new ReaderProfile(Operands.Texts, "-acfilnovwx -d: -u: -U: -P: -g: -G: -t: --list-name --list-full --count --full --exact --newest --oldest --inverse --ignore-case --delimiter: --parent: --euid: --uid:" + Help),
        ["pidof"] = new ReaderProfile(Operands.Texts, "-sx"),
        ["ps"] = new PsProfile(),
        ["tar"] = new TarProfile(),
        ["gzip"] = new ReaderProfile(Operands.Paths, "-lv --list --verbose" + Help) { Also = parsed => parsed.Has("-l", "--list", "--help", "--version") ? null : "gzip writes." },
        ["zcat"] = new ReaderProfile(Operands.Paths, "-fqv --force --quiet --verbose" + Help),
        ["unzip"] = new ReaderProfile(Operands.Paths, "-lvq") { Also = parsed => parsed.Has("-l", "-v") ? null : "unzip writes." },
        ["dpkg"] = new ReaderProfile(Operands.Texts, "-lsLS --list --status --listfiles --search --print-architecture" + Help),
        ["sensors"] = new ReaderProfile(Operands.Texts, "-uAjf", most: 0),
        ["vcgencmd"] = new ReaderProfile(Operands.Texts, "", most: 2) { Also = parsed => parsed.Operands is ["measure_temp" or "get_throttled" or "measure_volts" or "measure_clock" or "version" or "get_mem", ..] ? null : "vcgencmd can change the machine." },
        ["uname"] = new ReaderProfile(Operands.Texts, "-asnrvmpio --all --kernel-name --nodename --kernel-release --kernel-version --machine --processor --hardware-platform --operating-system" + Help, most: 0),
        ["hostname"] = new ReaderProfile(Operands.Texts, "-afdiIsy --fqdn --short --ip-address --all-ip-addresses --domain -F! -b! --file! --boot!" + Help, most: 0),
        ["uptime"] = new ReaderProfile(Operands.Texts, "-ps --pretty --since" + Help, most: 0),
        ["free"] = new ReaderProfile(Operands.Texts, "-bkmghtwlv --bytes --kibi --mebi --gibi --human --total --wide --lohi" + Help, most: 0),
        ["seq"] = new ReaderProfile(Operands.Texts, "-# -w -f: -s: --equal-width --format: --separator:" + Help, most: 3)
        {
            Also = parsed => parsed.Operands.All(operand => operand.Length <= 6 && operand.All(c => char.IsAsciiDigit(c) || c is '.' or '-')) ? null : "seq counts further than six digits.",
        },
        ["sleep"] = new ReaderProfile(Operands.Texts, Help, most: 1)
        {
            Also = parsed => parsed.Operands.All(operand => double.TryParse(operand.TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= 60)
                ? null : "sleep for more than a minute holds the agent up.",
        },
        ["md5sum"] = Sums,
        ["sha1sum"] = Sums,
        ["sha224sum"] = Sums,
        ["sha256sum"] = Sums,
        ["sha384sum"] = Sums,
        ["sha512sum"] = Sums,
        ["b2sum"] = Sums,
        ["cksum"] = new ReaderProfile(Operands.Paths, "-z --zero --tag --untagged --raw --base64 --debug -c! --check! -a: --algorithm:" + Help),
        ["base64"] = new ReaderProfile(Operands.Paths, "-di -w: --decode --ignore-garbage --wrap:" + Help),
        ["base32"] = new ReaderProfile(Operands.Paths, "-di -w: --decode --ignore-garbage --wrap:" + Help),
        ["od"] = new ReaderProfile(Operands.Paths, "-abcdfhilosxv -A: -j: -N: -S: -t: -w? --address-radix: --skip-bytes: --read-bytes: --format: --output-duplicates --width?" + Help),
        ["xxd"] = new ReaderProfile(Operands.Paths, "-abeiu -c: -g: -l: -s: -o: -r! -p" + Help, most: 1),
        ["hexdump"] = new ReaderProfile(Operands.Paths, "-bcCdovx -n: -s:" + Help),
        ["strings"] = new ReaderProfile(Operands.Paths, "-afw -n: -t: -e: --all --print-file-name --bytes: --radix: --encoding:" + Help),
        ["which"] = new ReaderProfile(Operands.Texts, "-as"),
        ["tree"] = new ReaderProfile(Operands.Paths, "-aAdfipsughDFqNQrtUcnJC -L: -I: -P: --noreport --dirsfirst --prune --filelimit: --du --si --inodes --charset: --gitignore -o! -l! -R! -H! --fromfile! --infofile!" + Help),
        ["column"] = new ReaderProfile(Operands.Paths, "-txen -s: -o: -c: -N: -R: -H: --table --separator: --output-separator: --output-width:" + Help),
        ["jq"] = new JqProfile(),
        ["grep"] = GrepOptions.Grep,
        ["egrep"] = GrepOptions.Grep,
        ["fgrep"] = GrepOptions.Grep,
        ["rg"] = GrepOptions.Ripgrep,
        ["find"] = new FindProfile(),
        ["git"] = new GitProfile(),
        ["npm"] = new NpmProfile(),
        ["sed"] = new SedProfile(),
        ["awk"] = new AwkProfile(),
        ["test"] = new TestProfile(),
        ["["] = new TestProfile(),
        ["python3"] = new ScriptProfile("-BEIqsSu"),
        ["python"] = new ScriptProfile("-BEIqsSu"),
        ["node"] = new ScriptProfile(""),
        ["bash"] = new ScriptProfile(""),
        ["sh"] = new ScriptProfile(""),
        ["perl"] = new ScriptProfile(""),
        ["ruby"] = new ScriptProfile(""),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The profile of a program, or null where none is known.</summary>
    public static ProgramProfile? Find(string name) => Table.GetValueOrDefault(name);

    /// <summary>Programs that only read, for who has no list of their own. Interpreters are not among them.</summary>
    public static IReadOnlyList<string> Readers { get; } = [.. Table.Where(entry => entry.Value is not ScriptProfile and not NpmProfile).Select(entry => entry.Key).Order(StringComparer.Ordinal)];
}
