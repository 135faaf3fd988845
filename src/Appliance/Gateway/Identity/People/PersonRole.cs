using Appliance.Config.Sections;
using Runtime.Tools.Policy;

namespace Appliance.Gateway.Identity.People;

/// <summary>What people with a role may use. A name in a list may end in <c>*</c>. Immutable.</summary>
internal sealed record PersonRole(string Name)
{
    /// <summary>The role of who owns the box: everything. It cannot be changed.</summary>
    public const string OwnerName = "owner";

    /// <summary>The role of who lives with the box.</summary>
    public const string Member = "member";

    /// <summary>The role of who is visiting.</summary>
    public const string Guest = "guest";

    /// <summary>Stands in <see cref="Folders"/> for the workspace of whichever agent the work is done by.</summary>
    public const string Workspace = "workspace";

    private static readonly IReadOnlyList<string> Everything = ["*"];

    /// <summary>The most that may be granted to them.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [Scope.Read, Scope.Write];

    /// <summary>Agents they may talk to.</summary>
    public IReadOnlyList<string> Agents { get; init; } = Everything;

    /// <summary>Models they may use.</summary>
    public IReadOnlyList<string> Models { get; init; } = Everything;

    /// <summary>Tools that may be called for them; an agent's own rules count as well, and the strictest wins.</summary>
    public ToolRules Tools { get; init; } = new() { Profile = ToolProfile.Minimal };

    /// <summary>Folders whose files tools may reach for them: full paths, <see cref="Workspace"/>, or <c>*</c>.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>True where they see everybody's sessions.</summary>
    public bool AllSessions { get; init; }

    /// <summary>The roles there are without any configuration.</summary>
    public static IReadOnlyList<PersonRole> BuiltIn { get; } =
    [
        new(OwnerName) { Scopes = Scope.All, Tools = new() { Profile = ToolProfile.Operator }, Folders = Everything, AllSessions = true },
        new(Member) { Scopes = [Scope.Read, Scope.Write, Scope.Questions, Scope.Talk], Tools = ToolRules.Assistant, Folders = [Workspace] },
        new(Guest),
    ];

    /// <summary>A role of the configuration.</summary>
    public static PersonRole Of(string name, RoleConfig config)
    {
        var standard = new PersonRole(name);
        return standard with
        {
            Scopes = config.Scopes ?? standard.Scopes,
            Agents = config.Agents ?? standard.Agents,
            Models = config.Models ?? standard.Models,
            Tools = config.Tools?.ToRules() ?? standard.Tools,
            Folders = config.Folders ?? standard.Folders,
            AllSessions = config.AllSessions,
        };
    }

    /// <summary>True where a list has a name, or a beginning of it with a star.</summary>
    public static bool Has(IReadOnlyList<string> names, string name) => names.Any(pattern =>
        pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == name);

    /// <summary>Equal where it allows the same, whichever list says so.</summary>
    public bool Equals(PersonRole? other) => other is not null && Describe() == other.Describe();

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    private string Describe() => string.Join('\n', [
        Name, string.Join('\t', Scopes), string.Join('\t', Agents), string.Join('\t', Models), string.Join('\t', Folders), $"{AllSessions} {Tools.Profile}",
        string.Join('\t', Tools.Allow), string.Join('\t', Tools.Ask), string.Join('\t', Tools.Deny)]);
}
