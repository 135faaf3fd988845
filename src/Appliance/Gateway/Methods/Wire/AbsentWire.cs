using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods.Wire;

// What clients hear of capabilities that are not here yet.

internal sealed record ChannelsStatus(long Ts) : IPayload
{
    public IReadOnlyList<string> ChannelOrder { get; } = [];
    public IReadOnlyList<string> ChannelMeta { get; } = [];

    public void Write(PayloadWriter to) => to
        .Add("ts", Ts).Add("channelOrder", ChannelOrder).Empty("channelLabels").Empty("channelDetailLabels").Empty("channelSystemImages")
        .Add("channelMeta", ChannelMeta).Empty("channels").Empty("channelAccounts").Empty("channelDefaultAccountId");
}
