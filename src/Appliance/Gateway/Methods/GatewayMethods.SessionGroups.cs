using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// The folders a person sorts sessions into. Which session is in which stands with the session.
internal sealed partial class GatewayMethods
{
    private readonly SessionGroups _groups;

    private IEnumerable<GatewayMethod> Groups =>
    [
        GatewayMethod.Of("sessions.groups.list", Scope.Read, _ => FrameWriter.Payload(new SessionGroupList(_groups.Read()))),
        GatewayMethod.Of("sessions.groups.defaults", Scope.Write, _ => FrameWriter.Payload(to => to.None("defaults"))),
        GatewayMethod.Of("sessions.groups.put", Scope.Write, PutGroups),
        GatewayMethod.Of("sessions.groups.rename", Scope.Write, RenameGroup),
        GatewayMethod.Of("sessions.groups.delete", Scope.Write, DeleteGroup),
    ];

    private byte[] PutGroups(GatewayCall call)
    {
        var names = call.Params.OptionalTexts("names", SessionGroups.Most) ?? throw call.Params.Fault("must have required property 'names'");
        if (names.Any(string.IsNullOrWhiteSpace) || names.Distinct(StringComparer.Ordinal).Count() != names.Count) throw GatewayException.Invalid("names: each once, and none empty");
        if (_context.Sessions.List().FirstOrDefault(s => s.Settings.Category is { } c && !names.Contains(c)) is { } member)
            throw GatewayException.Invalid($"group {member.Settings.Category} still has sessions; delete it with sessions.groups.delete");
        return Mutated(_groups.Change(old => new(names, call.Params.OptionalTexts("sectionOrder") ?? old.SectionOrder)));
    }

    private byte[] RenameGroup(GatewayCall call)
    {
        var (name, to) = (call.Params.Text("name"), call.Params.Text("to"));
        RequireGroup(name);
        if (name != to && _groups.Read().Names.Contains(to)) throw GatewayException.Invalid($"there is a group {to} already");
        var groups = _groups.Change(old => new(Renamed(old.Names), Renamed(old.SectionOrder)));
        return Mutated(groups, Move(name, to));

        IReadOnlyList<string> Renamed(IReadOnlyList<string> names) => [.. names.Select(n => n == name ? to : n)];
    }

    private byte[] DeleteGroup(GatewayCall call)
    {
        var name = call.Params.Text("name");
        RequireGroup(name);
        var moved = Move(name, null);
        return Mutated(_groups.Change(old => new([.. old.Names.Where(n => n != name)], [.. old.SectionOrder.Where(n => n != name)])), moved);
    }

    private void RequireGroup(string name)
    {
        if (!_groups.Read().Names.Contains(name)) throw GatewayException.Invalid($"unknown group: {name}");
    }

    /// <summary>A group is there once a session is in it.</summary>
    private void AddGroup(string name)
    {
        if (!_groups.Read().Names.Contains(name)) _groups.Change(old => old with { Names = [.. old.Names, name] });
    }

    private int Move(string from, string? to)
    {
        var members = _context.Sessions.List().Where(s => s.Settings.Category == from).ToArray();
        foreach (var session in members)
        {
            session.Set(s => s with { Category = to });
            Changed(session, "patch");
        }
        return members.Length;
    }

    private byte[] Mutated(SessionGroupNames groups, int? updatedSessions = null)
    {
        _context.Hub.Broadcast("sessions.changed", FrameWriter.Payload(to => to.Add("reason", "groups").Add("ts", _context.Now)), c => c.Subscriptions.Sessions);
        return FrameWriter.Payload(new SessionGroupsChanged(new SessionGroupList(groups), updatedSessions));
    }
}
