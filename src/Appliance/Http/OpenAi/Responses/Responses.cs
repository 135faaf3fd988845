using System.Security.Cryptography;
using System.Text.Json;
using Appliance.Gateway.Identity;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.AI;

namespace Appliance.Http.OpenAi.Responses;

/// <summary>POST /v1/responses, and GET and DELETE of those it kept.</summary>
internal sealed class Responses(ModelDoor models)
{
    private static readonly JsonElement Auto = JsonElement.Parse("\"auto\"");
    private static readonly JsonElement NoTools = JsonElement.Parse("[]");
    private static readonly JsonElement PlainText = JsonElement.Parse("""{"format":{"type":"text"}}""");
    private static readonly JsonElement Empty = JsonElement.Parse("{}");
    private static readonly JsonElement NoReasoning = JsonElement.Parse("""{"effort":null,"summary":null}""");

    private readonly ResponseStore _store = new();

    /// <summary>Answers, whole or as a stream of events.</summary>
    public async Task CreateAsync(HttpContext context, CancellationToken cancellation)
    {
        JsonBody.RequireJsonContentType(context.Request);
        var request = await JsonBody.ReadAsync(context, ResponsesJson.Wire.ResponsesRequest, cancellation);
        var options = ResponsesTranslation.ToOptions(request);
        options.Instructions = request.Instructions;
        var owner = Owner(context);
        var input = InputItems.Read(request.Input);
        if (input.Count == 0) throw ApiException.BadRequest("input must hold at least one item.", "input");
        var conversation = string.IsNullOrEmpty(request.PreviousResponseId) ? input : [.. _store.Get(request.PreviousResponseId, owner, "previous_response_id").Conversation, .. input];
        var model = models.Find(context, request.Model);
        var answer = await models.AskAsync(model, conversation, options, cancellation);

        var stream = request.Stream == true ? new ResponseStream(context) : null;
        var output = new ResponseOutput(stream is null ? _ => Task.CompletedTask : stream.SendAsync);
        var response = await AnswerAsync(ToResponse(request, model.Name), answer, output, stream);
        if (response.Store) _store.Add(ToStored(response, owner, conversation, output.Contents));
        if (stream is not null) await stream.EndAsync(response);
        else await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, response, ResponsesJson.Wire.Response);
    }

    /// <summary>A response that was kept.</summary>
    public Task GetAsync(HttpContext context, string id) =>
        JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, _store.Get(id, Owner(context)).Response, ResponsesJson.Wire.Response);

    /// <summary>Forgets one.</summary>
    public Task DeleteAsync(HttpContext context, string id)
    {
        _store.Remove(id, Owner(context));
        return JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new DeletedResponse(id), ResponsesJson.Wire.DeletedResponse);
    }

    private static string Owner(HttpContext context) => context.Features.GetRequiredFeature<Principal>().Caller;

    private static async Task<Response> AnswerAsync(Response response, IAsyncEnumerable<AnswerPiece> answer, ResponseOutput output, ResponseStream? stream)
    {
        await using var pieces = answer.GetAsyncEnumerator();
        // What fails before the first piece still gets its own status.
        await pieces.MoveNextAsync();
        response = response with { Model = pieces.Current.Model ?? response.Model };
        if (stream is not null) await stream.BeginAsync(response);
        while (pieces.Current.End is null)
        {
            await output.AddAsync(pieces.Current);
            await pieces.MoveNextAsync();
        }
        var end = pieces.Current.End;
        var whole = end.Reason != AnswerEnd.Length;
        var status = whole ? Response.Completed : Response.Incomplete;
        await output.CloseAsync(status);
        return response with
        {
            Status = status,
            CompletedAt = whole ? DateTimeOffset.UtcNow.ToUnixTimeSeconds() : null,
            IncompleteDetails = whole ? null : new("max_output_tokens"),
            Output = output.Items,
            Usage = ResponseUsage.Of(end),
        };
    }

    private static Response ToResponse(ResponsesRequest request, string model) =>
        new("resp_" + RandomNumberGenerator.GetHexString(48, lowercase: true), DateTimeOffset.UtcNow.ToUnixTimeSeconds(), model)
        {
            Instructions = request.Instructions,
            PreviousResponseId = request.PreviousResponseId,
            MaxOutputTokens = request.MaxOutputTokens,
            ParallelToolCalls = request.ParallelToolCalls ?? true,
            Temperature = request.Temperature ?? 1,
            TopP = request.TopP ?? 1,
            ToolChoice = Or(request.ToolChoice, Auto),
            Tools = Or(request.Tools, NoTools),
            Text = Or(request.Text, PlainText),
            Reasoning = Or(request.Reasoning, NoReasoning),
            Metadata = Or(request.Metadata, Empty),
            Store = request.Store ?? true,
        };

    private static JsonElement Or(JsonElement given, JsonElement otherwise) => given.IsPresent() ? given : otherwise;

    private static StoredResponse ToStored(Response response, string owner, IReadOnlyList<ChatMessage> conversation, IReadOnlyList<AIContent> contents)
    {
        IReadOnlyList<ChatMessage> whole = contents.Count == 0 ? conversation : [.. conversation, new ChatMessage(ChatRole.Assistant, [.. contents])];
        return new StoredResponse(response, owner, whole, whole.Sum(Count) + response.Tools.GetRawText().Length);
    }

    // Characters, and what an object takes beside them.
    private static long Count(ChatMessage message) => message.Contents.Sum(content => 128L + content switch
    {
        TextContent text => text.Text.Length,
        TextReasoningContent reasoning => reasoning.Text.Length,
        FunctionCallContent call => ChatRequests.ToArguments(call).Length,
        DataContent picture => picture.Data.Length,
        FunctionResultContent result => (result.Result as string)?.Length ?? 0,
        _ => 0,
    });
}
