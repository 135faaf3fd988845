using System.Security.Cryptography;

namespace Appliance.Http.Anthropic;

/// <summary>Faults as Anthropic's clients read them.</summary>
internal static class AnthropicErrors
{
    /// <summary>Anthropic's own status for "too much to do"; its clients wait and try again.</summary>
    private const int Overloaded = 529;

    /// <summary>True where Anthropic's client has sent the request: it says so with everything.</summary>
    public static bool IsExpected(HttpRequest request) => request.Path.StartsWithSegments("/v1/messages") || request.Headers.ContainsKey("anthropic-version");

    /// <summary>Answers with a fault, or tells it inside a stream that has begun.</summary>
    public static Task WriteAsync(HttpContext context, ApiError error)
    {
        var body = new ErrorBody(new ErrorDetail(ToType(error), error.Message));
        if (context.Response.HasStarted) return JsonAnswer.WriteToStreamAsync(context, body, AnthropicJson.Wire.ErrorBody, body.Type);
        context.Response.Headers["request-id"] = "req_" + RandomNumberGenerator.GetHexString(24, lowercase: true);
        return JsonAnswer.WriteAsync(context, error.Status == StatusCodes.Status503ServiceUnavailable ? Overloaded : error.Status, body, AnthropicJson.Wire.ErrorBody);
    }

    private static string ToType(ApiError error) => error.Status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status402PaymentRequired => "billing_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status404NotFound => "not_found_error",
        StatusCodes.Status413PayloadTooLarge => "request_too_large",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        StatusCodes.Status503ServiceUnavailable => "overloaded_error",
        < 500 => "invalid_request_error",
        _ => "api_error",
    };
}
