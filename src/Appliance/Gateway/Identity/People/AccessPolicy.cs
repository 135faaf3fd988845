using System.Collections.Frozen;
using Runtime.Tools.Policy;

namespace Appliance.Gateway.Identity.People;

/// <summary>
/// The one decision about who may do what, for every door. A person's role bounds what a connection was granted; where nobody is
/// configured there is one person, the owner, who is bound by nothing. Pure and immutable: a change of the configuration makes another.
/// </summary>
internal sealed class AccessPolicy
{
    private readonly FrozenDictionary<string, Person> _people;
    private readonly FrozenDictionary<string, PersonRole> _roles;

    /// <summary>The policy of some people and roles. The owner is always there; a role of a name that is built in takes its place, the owner's aside.</summary>
    public AccessPolicy(IEnumerable<Person> people, IEnumerable<PersonRole> roles)
    {
        var all = PersonRole.BuiltIn.ToDictionary(r => r.Name, StringComparer.Ordinal);
        foreach (var role in roles.Where(r => r.Name != PersonRole.OwnerName)) all[role.Name] = role;
        _roles = all.ToFrozenDictionary(StringComparer.Ordinal);
        _people = people.Where(p => p.Id != Person.OwnerId).Prepend(new Person(Person.OwnerId, PersonRole.OwnerName)).ToFrozenDictionary(p => p.Id, StringComparer.Ordinal);
    }

    /// <summary>The owner alone.</summary>
    public static AccessPolicy OwnerAlone { get; } = new([], []);

    /// <summary>Everybody, the owner included.</summary>
    public IReadOnlyCollection<Person> People => _people.Values;

    /// <summary>Every role.</summary>
    public IReadOnlyCollection<PersonRole> Roles => _roles.Values;

    /// <summary>The person of that id, or null.</summary>
    public Person? Find(string id) => _people.GetValueOrDefault(id);

    /// <summary>The person whose JWTs have that subject, or null.</summary>
    public Person? FindBySubject(string subject) => _people.Values.FirstOrDefault(p => p.Subject == subject);

    /// <summary>The person whose login in the tailnet that is, or null. Logins are addresses, which do not differ by case.</summary>
    public Person? FindByTailnet(string login) => _people.Values.FirstOrDefault(p => login.Equals(p.Tailnet, StringComparison.OrdinalIgnoreCase));

    /// <summary>What a person may use; null for one who is not there, or whose role is not.</summary>
    public PersonRole? RoleOf(string person) => Find(person) is { } found ? _roles.GetValueOrDefault(found.Role) : null;

    /// <summary>Decides whether somebody may do something.</summary>
    /// <param name="principal">Who.</param>
    /// <param name="action">What kind of thing.</param>
    /// <param name="resource">The scope, agent, model, session key or absolute path.</param>
    /// <param name="workspace">For a path: the workspace of the agent that wants it, or null.</param>
    public AccessDecision Decide(Principal principal, AccessAction action, string resource, string? workspace = null)
    {
        if (RoleOf(principal.PersonId) is not { } role) return AccessDecision.Deny("person not known");
        if (action == AccessAction.Scope)
        {
            if (principal.Role != Principal.Operator) return AccessDecision.Deny($"role {principal.Role}");
            return Of(Scope.Allows(principal.Scopes, resource) && Scope.Allows(role.Scopes, resource), resource);
        }
        return action switch
        {
            AccessAction.Agent => Of(PersonRole.Has(role.Agents, resource), $"{role.Name}: agents"),
            AccessAction.Model => Of(PersonRole.Has(role.Models, resource), $"{role.Name}: models"),
            AccessAction.Session => Of(role.AllSessions || SessionOwner.Of(resource) == principal.PersonId, $"{role.Name}: {(role.AllSessions ? "all sessions" : "own sessions")}"),
            AccessAction.Folder => Of(role.Folders.Any(folder => folder == "*" || IsIn(resource, folder == PersonRole.Workspace ? workspace ?? "" : folder)), $"{role.Name}: folders"),
            _ => AccessDecision.Deny("no rule"),
        };
    }

    /// <summary>What of somebody's wishes their role bears.</summary>
    public IReadOnlyList<string> Bounded(string person, IReadOnlyList<string> scopes) => RoleOf(person) is { } role ? [.. scopes.Where(s => Scope.Allows(role.Scopes, s))] : [];

    /// <summary>The tools that may be called for somebody, for the table of tools.</summary>
    public ToolRules ToolsOf(string person) => RoleOf(person)?.Tools ?? ToolRules.Nothing;

    /// <summary>True where tools may reach a file for somebody.</summary>
    /// <param name="person">Who.</param>
    /// <param name="path">The file's full path, links aside.</param>
    /// <param name="workspace">The workspace of the agent that wants it.</param>
    public bool MayReach(string person, string path, string workspace) =>
        Decide(new Principal(Principal.Operator, [], null, "turn") { PersonId = person }, AccessAction.Folder, path, workspace).IsAllowed;

    /// <summary>True where a turn for somebody may be answered by a model.</summary>
    public bool MayUse(string person, string model) => RoleOf(person) is { } role && PersonRole.Has(role.Models, model);

    private static AccessDecision Of(bool allowed, string rule) => new(allowed, rule);

    private static bool IsIn(string path, string folder)
    {
        if (!Path.IsPathFullyQualified(path) || !Path.IsPathFullyQualified(folder)) return false;
        var (full, root) = (Path.GetFullPath(path), Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return full == root || full.StartsWith(root == "/" ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }
}
