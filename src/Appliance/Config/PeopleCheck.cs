using Appliance.Config.Document;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Identity.People;

namespace Appliance.Config;

/// <summary>What the sections <c>people</c> and <c>roles</c> say against each other, and against what is always there. Pure.</summary>
internal static class PeopleCheck
{
    /// <summary>Everything that is wrong with them.</summary>
    public static IEnumerable<(ConfigPath Path, string Fault)> Of(ApplianceConfig config)
    {
        var roles = PersonRole.BuiltIn.Select(role => role.Name).Union(config.Roles.Keys).ToList();
        var (subjects, logins) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        foreach (var (id, person) in config.People)
        {
            var path = ConfigPath.Root.With("people").With(id);
            if (id == Person.OwnerId) yield return (path, "is the owner, who is always there and may do everything");
            else if (!Person.IsId(id)) yield return (path, "is no person's id: up to 64 lower-case letters, digits, - and _, beginning with a letter");
            if (!roles.Contains(person.Role, StringComparer.Ordinal)) yield return (path.With("role"), $"is {person.Role}, which is no role; there are {string.Join(", ", roles.Order(StringComparer.Ordinal))}");
            if (person.Subject is { } subject && !subjects.Add(subject)) yield return (path.With("subject"), "is somebody else's too");
            if (person.Tailnet is { } login && !logins.Add(login)) yield return (path.With("tailnet"), "is somebody else's too");
        }
        foreach (var (name, role) in config.Roles)
        {
            var path = ConfigPath.Root.With("roles").With(name);
            if (name == PersonRole.OwnerName) yield return (path, "is the owner's role, which cannot be changed");
            else if (!Person.IsId(name)) yield return (path, "is no role's name: up to 64 lower-case letters, digits, - and _, beginning with a letter");
            foreach (var scope in (role.Scopes ?? []).Except(Scope.All)) yield return (path.With("scopes"), $"has {scope}, which is no scope; there are {string.Join(", ", Scope.All)}");
            foreach (var folder in (role.Folders ?? []).Where(f => f is not ("*" or PersonRole.Workspace) && !Path.IsPathFullyQualified(f)))
                yield return (path.With("folders"), $"has {folder}, which is neither a full path, nor {PersonRole.Workspace}, nor *");
        }
    }
}
