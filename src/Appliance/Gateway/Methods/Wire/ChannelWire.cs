using Appliance.Gateway.Protocol;
using Runtime.Messages.Telegram;

namespace Appliance.Gateway.Methods.Wire;

// What clients hear of channels (FIELDS: ChannelsStatusResult). Webchat is in no gateway's list.

internal sealed record ChannelsStatus(long Ts, bool HasTelegram) : IPayload
{
    private const string Account = "default";

    public void Write(PayloadWriter to)
    {
        to.Add("ts", Ts);
        if (!HasTelegram)
        {
            to.Add("channelOrder", Array.Empty<string>()).Empty("channelLabels").Empty("channelDetailLabels").Empty("channelSystemImages")
                .Add("channelMeta", Array.Empty<string>()).Empty("channels").Empty("channelAccounts").Empty("channelDefaultAccountId");
            return;
        }
        to.Add("channelOrder", [TelegramChannel.Name])
            .Raw("channelLabels", Of(map => map.Add(TelegramChannel.Name, "Telegram"))).Raw("channelDetailLabels", Of(map => map.Add(TelegramChannel.Name, "Telegram Bot, sends only"))).Empty("channelSystemImages")
            .Raw("channelMeta", FrameWriter.Payload([new Meta()]))
            .Raw("channels", Of(map => map.Raw(TelegramChannel.Name, Of(state => state.Add("configured", true)))))
            // It runs when something is sent: it waits for nothing.
            .Raw("channelAccounts", Of(map => map.Raw(TelegramChannel.Name, FrameWriter.Payload([new AccountRow()]))))
            .Raw("channelDefaultAccountId", Of(map => map.Add(TelegramChannel.Name, Account)));

        static byte[] Of(Action<PayloadWriter> write) => FrameWriter.Payload(write);
    }

    private sealed record Meta : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("id", TelegramChannel.Name).Add("label", "Telegram").Add("detailLabel", "Telegram Bot, sends only");
    }

    private sealed record AccountRow : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("accountId", Account).Add("enabled", true).Add("configured", true).Add("running", false);
    }
}
