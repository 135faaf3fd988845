namespace Appliance.Http.OpenAi.Responses;

/// <summary>Sends the events of one response, numbered. Used by one thread.</summary>
internal sealed class ResponseStream(HttpContext context)
{
    private int _next;

    /// <summary>Begins the stream. A fault from here on is told as the response's own.</summary>
    public async Task BeginAsync(Response response)
    {
        await JsonAnswer.BeginStreamAsync(context, JsonAnswer.EventStream);
        context.Features.Set(new StreamFault(error => EndAsync(response with { Status = Response.Failed, Error = new(error.Code ?? error.Type, error.Message) })));
        await SendAsync(new ResponseEvent("response.created") { Response = response });
        await SendAsync(new ResponseEvent("response.in_progress") { Response = response });
    }

    /// <summary>Sends the next event.</summary>
    public Task SendAsync(ResponseEvent happened) =>
        JsonAnswer.WriteToStreamAsync(context, happened with { SequenceNumber = _next++ }, ResponsesJson.Wire.ResponseEvent, happened.Type);

    /// <summary>Ends it, as the response's status says.</summary>
    public Task EndAsync(Response response) => SendAsync(new ResponseEvent($"response.{response.Status}") { Response = response });
}
