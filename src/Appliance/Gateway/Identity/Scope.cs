using System.Collections.Frozen;

namespace Appliance.Gateway.Identity;

/// <summary>What an operator may do, in the protocol's words (PROTOCOL.md §3).</summary>
internal static class Scope
{
    public const string Read = "operator.read";
    public const string Write = "operator.write";
    public const string Admin = "operator.admin";
    public const string Approvals = "operator.approvals";
    public const string Questions = "operator.questions";
    public const string Pairing = "operator.pairing";
    public const string Talk = "operator.talk";
    public const string TalkSecrets = "operator.talk.secrets";

    /// <summary>All there are.</summary>
    public static readonly IReadOnlyList<string> All = [Admin, Read, Write, Approvals, Questions, Pairing, Talk, TalkSecrets];

    private static readonly FrozenSet<string> Known = All.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Those of a client's wishes that exist, each once.</summary>
    public static IReadOnlyList<string> Clean(IEnumerable<string> wished) => [.. wished.Where(Known.Contains).Distinct(StringComparer.Ordinal)];

    /// <summary>True where <paramref name="held"/> allows what needs <paramref name="needed"/>: admin implies all, write implies read and talk.</summary>
    public static bool Allows(IReadOnlyList<string> held, string needed) =>
        held.Contains(needed) || held.Contains(Admin) || (needed is Read or Talk && held.Contains(Write));

    /// <summary>The first of <paramref name="wished"/> that <paramref name="held"/> does not allow, or null.</summary>
    public static string? FirstMissing(IReadOnlyList<string> held, IEnumerable<string> wished) => wished.FirstOrDefault(scope => !Allows(held, scope));
}
