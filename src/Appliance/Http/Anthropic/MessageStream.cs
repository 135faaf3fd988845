using System.Text.Json.Serialization.Metadata;

namespace Appliance.Http.Anthropic;

/// <summary>Sends one answer as the events of a message. Used once, by one thread.</summary>
internal sealed class MessageStream(HttpContext context, string id, string model)
{
    private static readonly AnthropicJson Json = AnthropicJson.Wire;
    private string? _open;
    private int _index = -1;

    /// <summary>Sends all of it. What fails before the first piece still gets its own status.</summary>
    public async Task SendAsync(IAsyncEnumerable<AnswerPiece> answer)
    {
        await using var pieces = answer.GetAsyncEnumerator();
        await pieces.MoveNextAsync();
        await JsonAnswer.BeginStreamAsync(context, JsonAnswer.EventStream);
        var start = new Message(id, pieces.Current.Model ?? model, [], null, null, new MessageUsage(pieces.Current.PromptTokens, 0, 0));
        await SendAsync(new MessageStart(start), Json.MessageStart, MessageStart.Name);
        await SendAsync(PlainEvent.Ping, Json.PlainEvent, PlainEvent.Ping.Type);
        while (pieces.Current.End is null)
        {
            await SendAsync(pieces.Current);
            await pieces.MoveNextAsync();
        }
        await CloseAsync();
        var end = pieces.Current.End;
        await SendAsync(new MessageDelta(new(Messages.ToStopReason(end), end.StopSequence), MessageUsage.Of(end)), Json.MessageDelta, MessageDelta.Name);
        await SendAsync(PlainEvent.MessageStop, Json.PlainEvent, PlainEvent.MessageStop.Type);
    }

    private async Task SendAsync(AnswerPiece piece)
    {
        switch (piece)
        {
            case { Reasoning: { } reasoning }:
                if (_open != ContentBlock.ThinkingType) await OpenAsync(ContentBlock.OfThinking(""));
                await SendAsync(new ContentDelta("thinking_delta") { Thinking = reasoning });
                break;
            case { Call: { } call }:
                await OpenAsync(ContentBlock.OfCall(call, "{}"));
                await SendAsync(new ContentDelta("input_json_delta") { PartialJson = ChatRequests.ToArguments(call) });
                await CloseAsync();
                break;
            default:
                if (_open != ContentBlock.TextType) await OpenAsync(ContentBlock.OfText(""));
                await SendAsync(new ContentDelta("text_delta") { Text = piece.Text });
                break;
        }
    }

    private async Task OpenAsync(ContentBlock block)
    {
        await CloseAsync();
        (_open, _index) = (block.Type, _index + 1);
        await SendAsync(new BlockStart(_index, block), Json.BlockStart, BlockStart.Name);
    }

    private async Task CloseAsync()
    {
        if (_open is null) return;
        _open = null;
        await SendAsync(new BlockStop(_index), Json.BlockStop, BlockStop.Name);
    }

    private Task SendAsync(ContentDelta delta) => SendAsync(new BlockDelta(_index, delta), Json.BlockDelta, BlockDelta.Name);

    private Task SendAsync<T>(T value, JsonTypeInfo<T> type, string name) => JsonAnswer.WriteToStreamAsync(context, value, type, name);
}
