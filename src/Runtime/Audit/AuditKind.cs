namespace Runtime.Audit;

/// <summary>What events are about.</summary>
public static class AuditKind
{
    /// <summary>Somebody asked to come in or to do something, and what was decided.</summary>
    public const string Access = "access";

    /// <summary>A turn: who asked, which model answered.</summary>
    public const string Turn = "turn";

    /// <summary>Something was read for a turn: a file, a memory, a page.</summary>
    public const string Read = "read";

    /// <summary>A tool ran, or was kept from it.</summary>
    public const string Tool = "tool";

    /// <summary>Something left the box.</summary>
    public const string Egress = "egress";

    /// <summary>An approval was asked for, given, refused, or expired.</summary>
    public const string Approval = "approval";

    /// <summary>People, devices, tokens or rights changed.</summary>
    public const string Identity = "identity";

    /// <summary>The configuration changed.</summary>
    public const string Config = "config";

    /// <summary>What an agent remembers was distilled by night, archived, or forgotten.</summary>
    public const string Memory = "memory";

    /// <summary>A pin was set, a trigger began something, or somebody was kept from either.</summary>
    public const string Hardware = "hardware";

    /// <summary>Another version of the program was tried, proved itself, or went back.</summary>
    public const string Update = "update";

    /// <summary>About this log itself: repaired, events lost, old ones removed.</summary>
    public const string Log = "log";

    /// <summary>All there are.</summary>
    public static IReadOnlyList<string> All { get; } = [Access, Turn, Read, Tool, Egress, Approval, Identity, Config, Memory, Hardware, Update, Log];
}
