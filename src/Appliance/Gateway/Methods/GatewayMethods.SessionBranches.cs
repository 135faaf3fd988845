using System.Globalization;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// A session that is taken back to an earlier message, and what it was before.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> Branches =>
    [
        GatewayMethod.Of("sessions.branches.list", Scope.Read, ListBranches),
        new("sessions.branches.switch", Scope.Admin, SwitchBranchAsync),
        new("sessions.rewind", Scope.Admin, RewindAsync),
    ];

    private byte[] ListBranches(GatewayCall call)
    {
        if (_context.Sessions.Find(ChatKey(call)) is not { } session) return FrameWriter.Payload(new SessionBranches([]));
        var all = _context.Sessions.Branches(session.Key).Select(branch => Row(branch, false)).Prepend(Row(session, true));
        return FrameWriter.Payload(new SessionBranches([.. all.OfType<SessionBranch>()]));

        static SessionBranch? Row(Session branch, bool active) => branch.LeafId is not { } leaf ? null : new SessionBranch(leaf, branch.LastPreview ?? "", branch.MessageCount,
            DateTimeOffset.FromUnixTimeMilliseconds(branch.UpdatedAt).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), active);
    }

    /// <summary>From a person's message on, that message is for the editor; from an answer on, it is the last that stays.</summary>
    private async Task<byte[]?> RewindAsync(GatewayCall call)
    {
        var (session, entry) = (_context.Sessions.Find(ChatKey(call)) ?? throw GatewayException.Invalid("session not found"), call.Params.Text("entryId"));
        if (session.ReadWhole().All(m => m.Id != entry)) throw GatewayException.Invalid("entryId: no such message in this session");
        await EndTurnsAsync(session.Key, call);
        var messages = session.ReadWhole().ToList();
        var at = messages.FindIndex(m => m.Id == entry);
        var isQuestion = messages[at].Role == SessionMessage.User;
        Changed(_context.Sessions.Rewind(session, messages[..(isQuestion ? at : at + 1)]), "rewind");
        return FrameWriter.Payload(to => to.Add("editorText", isQuestion ? messages[at].Text : null));
    }

    private async Task<byte[]?> SwitchBranchAsync(GatewayCall call)
    {
        var (session, leaf) = (_context.Sessions.Find(ChatKey(call)) ?? throw GatewayException.Invalid("session not found"), call.Params.Text("leafEntryId"));
        if (session.LeafId == leaf) return FrameWriter.Payload(_ => { });
        await EndTurnsAsync(session.Key, call);
        Changed(_context.Sessions.Switch(session, leaf) ?? throw GatewayException.Invalid("leafEntryId: no such branch of this session"), "branch");
        return FrameWriter.Payload(_ => { });
    }

    private async Task EndTurnsAsync(string key, GatewayCall call)
    {
        var turns = _context.Turns.Active.Where(turn => turn.Session.Key == key).ToArray();
        foreach (var turn in turns) turn.Abort();
        await Task.WhenAll(turns.Select(turn => turn.Result)).WaitAsync(TimeSpan.FromSeconds(10), call.Connection.Gone);
    }
}
