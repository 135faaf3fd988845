using Appliance.Gateway.Protocol;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about groups of sessions send.

internal sealed record SessionGroupList(SessionGroupNames Groups) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("groups", [.. Groups.Names.Select((name, i) => new Group(name, i))]).Add("sectionOrder", Groups.SectionOrder);

    private sealed record Group(string Name, int Position) : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("name", Name).Add("position", Position);
    }
}

internal sealed record SessionGroupsChanged(SessionGroupList Groups, int? UpdatedSessions) : IPayload
{
    public void Write(PayloadWriter to)
    {
        Groups.Write(to.Add("ok", true));
        to.Add("updatedSessions", UpdatedSessions);
    }
}
