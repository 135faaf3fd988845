namespace Appliance.Http;

/// <summary>A request that gets an answer other than success. The message is for the person behind the client.</summary>
internal sealed class ApiException(int status, string message, string? parameter = null, string? code = null) : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The field at fault, in the wire's spelling, or null.</summary>
    public string? Parameter { get; } = parameter;

    /// <summary>OpenAI's machine-readable code, or null.</summary>
    public string? Code { get; } = code;

    /// <summary>400: the request itself is wrong.</summary>
    public static ApiException BadRequest(string message, string? parameter = null) => new(StatusCodes.Status400BadRequest, message, parameter);

    /// <summary>400: the request is right, but this server cannot do what it asks for.</summary>
    public static ApiException NotSupported(string parameter, string message) =>
        new(StatusCodes.Status400BadRequest, message, parameter, "unsupported_parameter");
}
