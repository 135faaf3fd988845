using Appliance.Gateway.Protocol;
using Runtime.Canvas;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about boards send (FIELDS: BoardSnapshot, BoardChangedEvent).

/// <summary>The panels of a conversation, as cells of its one tab.</summary>
internal sealed record BoardRow(CanvasBoard Board, Func<CanvasPanel, string> AddressOf) : IPayload
{
    private const string Tab = "main";

    public void Write(PayloadWriter to)
    {
        to.Add("sessionKey", Board.Key).Add("revision", Board.Revision);
        IPayload[] tabs = Board.Panels.Count > 0 ? [new TabRow()] : [];
        to.Add("tabs", tabs).Add("widgets", [.. Board.Panels.Select((panel, at) => new PanelRow(panel, at, AddressOf(panel)))]);
    }

    private sealed record TabRow : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("tabId", Tab).Add("title", "Canvas").Add("position", 0).Add("chatDock", "right");
    }

    // Without a sandbox of another origin a client shows the address itself in a frame.
    private sealed record PanelRow(CanvasPanel Panel, int Position, string Address) : IPayload
    {
        public void Write(PayloadWriter to) => to
            .Add("name", Panel.Name).Add("tabId", Tab).Add("title", Panel.Title).Add("contentKind", "html").Add("sizeW", Panel.Width).Add("sizeH", Panel.Height).Add("position", Position)
            .Add("grantState", "none").Add("revision", Panel.Revision).Add("instanceId", Panel.Id).Add("frameUrl", Address);
    }
}
