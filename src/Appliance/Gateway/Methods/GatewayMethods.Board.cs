using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Models;
using Runtime.Canvas;

namespace Appliance.Gateway.Methods;

// Panels beside conversations. They are pages that do nothing, so there is nothing to grant; one tab holds all of them.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> Board =>
    [
        GatewayMethod.Of("board.get", Scope.Read, call => Show(call, _context.Canvas.Read(ChatKey(call)))),
        GatewayMethod.Of("board.update", Scope.Write, UpdateBoard),
        GatewayMethod.Of("board.widget.put", Scope.Write, PutPanel),
    ];

    /// <summary>Tells clients of a panel that was shown, changed or taken away.</summary>
    public void CanvasChanged(CanvasBoard board, string name) =>
        _context.Hub.Broadcast("board.changed", FrameWriter.Payload(to => to.Add("sessionKey", board.Key).Add("revision", board.Revision).Add("widget", name)), session: board.Key);

    private byte[] Show(GatewayCall call, CanvasBoard board) => FrameWriter.Payload(new BoardRow(board, panel => call.Connection.Origin + _context.Tickets.PathOf(board.Key, panel.Name)));

    private byte[] UpdateBoard(GatewayCall call)
    {
        var key = ChatKey(call);
        foreach (var change in call.Params.OptionalObjects("ops", 64) ?? throw call.Params.Fault("must have required property 'ops'"))
        {
            var kind = change.Text("kind", 40);
            var done = kind switch
            {
                "widget_remove" => _context.Canvas.Remove(key, change.Text("name", 64)),
                "widget_resize" => _context.Canvas.Resize(key, change.Text("name", 64), (int)(change.OptionalNumber("sizeW", 1, 12) ?? 6), (int)(change.OptionalNumber("sizeH", 1, 20) ?? 5)),
                _ => throw GatewayException.Unavailable($"{Cut(kind, 40)} is not done on this gateway: its boards have one tab, in the order in which panels came."),
            };
            if (done is null) throw GatewayException.Invalid($"unknown widget: {change.Text("name", 64)}");
        }
        return Show(call, _context.Canvas.Read(key));
    }

    private byte[] PutPanel(GatewayCall call)
    {
        var (key, content) = (ChatKey(call), call.Params.OptionalObject("content") ?? throw call.Params.Fault("must have required property 'content'"));
        if (content.Text("kind", 40) is not "html" and var kind) throw GatewayException.Unavailable($"Widgets of the kind {Cut(kind, 40)} are not shown on this gateway; html is.");
        try { return Show(call, _context.Canvas.Put(key, call.Params.Text("name", 64), call.Params.OptionalText("title", 80), content.Text("html", CanvasBook.LongestHtml))); }
        catch (ModelException e) { throw GatewayException.Invalid(e.Message); }
    }
}
