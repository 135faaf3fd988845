namespace Runtime.Exec.Programs;

/// <summary>What an option takes.</summary>
internal enum OptionKind
{
    /// <summary>Nothing.</summary>
    Flag,

    /// <summary>A value, glued or as the next argument.</summary>
    Value,

    /// <summary>A value that may be glued to it, never the next argument.</summary>
    Glued,

    /// <summary>A value that is the path of a file it reads.</summary>
    Path,

    /// <summary>It writes, starts programs, or leaves the workspace: it is in the table so that its abbreviations are known.</summary>
    Unsafe,
}
