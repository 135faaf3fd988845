using System.Collections.Frozen;

namespace Runtime.Exec.Programs;

/// <summary>
/// GNU find: start points in the workspace, then tests and actions that print. What runs programs (-exec, -ok), deletes, writes files
/// (-fprint, -fls), follows links or reads start points from a file is not in the table and asks. Its words have no abbreviations.
/// </summary>
internal sealed class FindProfile : ProgramProfile
{
    private static readonly FrozenSet<string> Alone = FrozenSet.ToFrozenSet(
        ["!", "(", ")", ",", "-not", "-a", "-and", "-o", "-or", "-print", "-print0", "-ls", "-prune", "-quit", "-true", "-false", "-empty", "-depth", "-daystart", "-mount", "-xdev",
         "-readable", "-writable", "-executable", "-nouser", "-nogroup", "-noleaf", "-ignore_readdir_race", "-noignore_readdir_race", "-warn", "-nowarn", "-help", "-version"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> WithText = FrozenSet.ToFrozenSet(
        ["-name", "-iname", "-path", "-ipath", "-wholename", "-iwholename", "-regex", "-iregex", "-regextype", "-type", "-xtype", "-maxdepth", "-mindepth", "-mtime", "-mmin", "-atime", "-amin", "-ctime",
         "-cmin", "-size", "-perm", "-user", "-group", "-uid", "-gid", "-links", "-inum", "-fstype", "-used", "-printf", "-lname", "-ilname", "-newermt", "-newerat", "-newerct"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> WithPath = FrozenSet.ToFrozenSet(["-newer", "-anewer", "-cnewer", "-samefile"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override string? WhyAsk(ProgramCall call)
    {
        var arguments = call.Arguments;
        if (arguments is ["--help" or "--version"]) return null;
        var i = 0;
        while (i < arguments.Count && (arguments[i] == "-P" || arguments[i] is "-O0" or "-O1" or "-O2" or "-O3")) i++;
        for (; i < arguments.Count && !IsExpression(arguments[i]); i++)
        {
            if (call.WhyNotRead(arguments[i]) is { } reason) return reason;
        }
        for (; i < arguments.Count; i++)
        {
            var word = arguments[i];
            if (Alone.Contains(word)) continue;
            if (!WithText.Contains(word) && !WithPath.Contains(word)) return $"{word} of find is not known to be harmless.";
            if (++i >= arguments.Count) return $"{word} lacks its value.";
            if (WithPath.Contains(word) && call.WhyNotRead(arguments[i]) is { } reason) return reason;
        }
        return null;
    }

    private static bool IsExpression(string word) => word is "!" or "(" or ")" or "," || (word.Length > 1 && word[0] == '-');
}
