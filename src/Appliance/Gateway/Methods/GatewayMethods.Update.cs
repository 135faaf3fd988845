using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;
using Appliance.Update;
using Appliance.Update.Slots;

namespace Appliance.Gateway.Methods;

// What became of the last update, and whether a newer version is known of. Taking one is not for the gateway: it cannot write where it lies.
internal sealed partial class GatewayMethods
{
    private static IEnumerable<GatewayMethod> Updates =>
    [
        GatewayMethod.Of("update.status", Scope.Admin, _ => FrameWriter.Payload(new UpdateStatus(SlotFolder.Here))) with { IsAdvertised = false },
    ];

    private sealed record UpdateStatus(SlotFolder? Slots) : IPayload
    {
        public void Write(PayloadWriter to)
        {
            if (Slots is not { } slots)
            {
                to.Nothing("sentinel", "updateAvailable");
                return;
            }
            var report = UpdateReport.Of(slots);
            to.Stay("sentinel", slots.Last is { } last ? new Sentinel(report, last) : null)
                .Stay("updateAvailable", KnownUpdate.Read(slots) is { } known && known.Release > (slots.ProgramOf(slots.Current)?.Release ?? 0) ? known : null)
                .Add("effectiveChannel", report.Settings.Channel).Add("schedule", new Schedule(report.Settings.Channel));
        }
    }

    private sealed record Sentinel(UpdateReport Report, LastTry Last) : IPayload
    {
        public void Write(PayloadWriter to) => to
            .Add("kind", "update").Add("status", Report.Outcome switch { "committed" => "ok", "pending" => "skipped", _ => "error" }).Add("ts", Last.At.ToUnixTimeMilliseconds()).Add("message", Report.LastLine);
    }

    private sealed record Schedule(string Channel) : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("channel", Channel).Add("autoEnabled", false).Add("install", new Install());
    }

    private sealed record Install : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("kind", "package");
    }
}
