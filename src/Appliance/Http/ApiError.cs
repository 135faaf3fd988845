using System.Text.Json.Serialization;
using Models;
using Models.Budget;
using Models.Embedding;
using Models.Generation;
using Models.Routing;
using Models.Routing.Execution;
using Models.Store;
using Models.Tokens;

namespace Appliance.Http;

/// <summary>What went wrong, as OpenAI's clients read it; Ollama's get the message alone.</summary>
internal sealed record ApiError(string Message, string Type, string? Param, string? Code)
{
    /// <summary>HTTP status.</summary>
    [JsonIgnore] public int Status { get; private init; }

    /// <summary>Seconds after which another try is worth it, where the fault passes.</summary>
    [JsonIgnore] public int? RetryAfter { get; private init; }

    /// <summary>The answer to a fault. What is not one of ours is a bug: its message stays inside.</summary>
    public static ApiError From(Exception fault) => fault switch
    {
        ApiException e => Create(e.Status, e.Message, e.Parameter, e.Code),
        StoreException { IsNotFound: true } e => Create(StatusCodes.Status404NotFound, e.Message, "model", "model_not_found"),
        GenerationException { RetryAfter: { } wait } e =>
            Create(StatusCodes.Status503ServiceUnavailable, e.Message, null, "overloaded") with { RetryAfter = (int)Math.Ceiling(wait.TotalSeconds) },
        GenerationException { IsContextExceeded: true } e =>
            Create(StatusCodes.Status400BadRequest, e.Message, e.Parameter, "context_length_exceeded"),
        GenerationException e => Create(StatusCodes.Status400BadRequest, e.Message, e.Parameter, "invalid_value"),
        EmbeddingException e => Create(StatusCodes.Status400BadRequest, e.Message, e.Parameter, "invalid_value"),
        // Templates refuse conversations they cannot render (roles that do not alternate): the request is at fault.
        TemplateException e => Create(StatusCodes.Status400BadRequest, e.Message, "messages", "invalid_value"),
        MemoryException e => Create(StatusCodes.Status503ServiceUnavailable, e.Message, null, "insufficient_memory"),
        RoutingException { Nearest: ExclusionReason.Budget } e => Create(StatusCodes.Status402PaymentRequired, e.Message, "model", "budget_exceeded"),
        RoutingException { Nearest: null or ExclusionReason.Failing or ExclusionReason.CoolingDown or ExclusionReason.Busy } e =>
            Create(StatusCodes.Status503ServiceUnavailable, e.Message, null, "no_model_could_answer"),
        // The question itself may go to nobody: what another appliance that asked takes for its question's fault, and tries nobody out for.
        RoutingException e => Create(StatusCodes.Status422UnprocessableEntity, e.Message, "model", "no_model_may_answer"),
        ModelException e => Create(StatusCodes.Status500InternalServerError, e.Message),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            Create(StatusCodes.Status413PayloadTooLarge, "The request body is too large.", null, "request_too_large"),
        BadHttpRequestException e => Create(e.StatusCode, e.Message),
        _ => Create(StatusCodes.Status500InternalServerError, "Internal error. The server's output has the details."),
    };

    private static ApiError Create(int status, string message, string? parameter = null, string? code = null) =>
        new(message, status < 500 ? "invalid_request_error" : "server_error", parameter, code) { Status = status };
}

/// <summary>OpenAI's error envelope.</summary>
internal sealed record ApiErrorBody(ApiError Error);
