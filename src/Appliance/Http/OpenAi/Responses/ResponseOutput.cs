using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;

namespace Appliance.Http.OpenAi.Responses;

/// <summary>
/// Puts an answer's pieces together into the items of a response, and tells of every step in the order of OpenAI's reference. Used by one
/// thread.
/// </summary>
/// <param name="tell">Hears of every step; its sequence number is not set yet.</param>
internal sealed class ResponseOutput(Func<ResponseEvent, Task> tell)
{
    private readonly List<OutputItem> _items = [];
    private readonly List<AIContent> _contents = [];
    private readonly StringBuilder _text = new();
    private OutputItem? _open;

    /// <summary>The items that are complete.</summary>
    public IReadOnlyList<OutputItem> Items => _items;

    /// <summary>The same, as the model will be told of them.</summary>
    public IReadOnlyList<AIContent> Contents => _contents;

    /// <summary>Adds the next piece.</summary>
    public async Task AddAsync(AnswerPiece piece)
    {
        if (piece.Call is { } call) await AddCallAsync(call);
        else if (piece.Reasoning is { } reasoning) await AddTextAsync(OutputItem.ReasoningType, reasoning);
        else if (piece.Text.Length > 0) await AddTextAsync(OutputItem.MessageType, piece.Text);
    }

    /// <summary>Completes the item that is open.</summary>
    /// <param name="status">How it ended: <see cref="Response.Completed"/> or <see cref="Response.Incomplete"/>.</param>
    public async Task CloseAsync(string status)
    {
        if (_open is null) return;
        var content = ToContent(_open.Type, _text.ToString());
        await tell(InContent(_open.Type == OutputItem.MessageType ? "response.output_text.done" : "response.reasoning_text.done") with
        {
            Text = content.Text,
            Logprobs = content.Logprobs,
        });
        await tell(InContent("response.content_part.done") with { Part = content });
        await CompleteAsync(_open with { Status = status, Content = [content] }, _open.Type == OutputItem.MessageType ? new TextContent(content.Text) : new TextReasoningContent(content.Text));
        _open = null;
        _text.Clear();
    }

    private async Task AddTextAsync(string type, string text)
    {
        if (_open?.Type != type)
        {
            await CloseAsync(Response.Completed);
            _open = new OutputItem(NewId(type == OutputItem.MessageType ? "msg_" : "rs_"), type, Response.InProgress)
            {
                Role = type == OutputItem.MessageType ? "assistant" : null,
                Summary = type == OutputItem.ReasoningType ? [] : null,
                Content = [],
            };
            await BeginAsync(_open);
            await tell(InContent("response.content_part.added") with { Part = ToContent(type, "") });
        }
        _text.Append(text);
        var isMessage = type == OutputItem.MessageType;
        await tell(InContent(isMessage ? "response.output_text.delta" : "response.reasoning_text.delta") with { Delta = text, Logprobs = isMessage ? [] : null });
    }

    // A call comes whole: its grammar, or its parser, decides only at the end that it is one.
    private async Task AddCallAsync(FunctionCallContent call)
    {
        await CloseAsync(Response.Completed);
        var arguments = ChatRequests.ToArguments(call);
        var item = new OutputItem(NewId("fc_"), OutputItem.CallType, Response.InProgress) { CallId = call.CallId, Name = call.Name, Arguments = "" };
        await BeginAsync(item);
        await tell(new ResponseEvent("response.function_call_arguments.delta") { OutputIndex = _items.Count, ItemId = item.Id, Delta = arguments });
        await tell(new ResponseEvent("response.function_call_arguments.done") { OutputIndex = _items.Count, ItemId = item.Id, Name = call.Name, Arguments = arguments });
        await CompleteAsync(item with { Status = Response.Completed, Arguments = arguments }, call);
    }

    private Task BeginAsync(OutputItem item) => tell(new ResponseEvent("response.output_item.added") { OutputIndex = _items.Count, Item = item });

    private async Task CompleteAsync(OutputItem item, AIContent content)
    {
        await tell(new ResponseEvent("response.output_item.done") { OutputIndex = _items.Count, Item = item });
        _items.Add(item);
        _contents.Add(content);
    }

    private ResponseEvent InContent(string type) => new(type) { OutputIndex = _items.Count, ItemId = _open!.Id, ContentIndex = 0 };

    private static OutputContent ToContent(string item, string text) =>
        new(item == OutputItem.MessageType ? OutputContent.TextType : OutputContent.ReasoningType, text);

    private static string NewId(string prefix) => prefix + RandomNumberGenerator.GetHexString(24, lowercase: true);
}
