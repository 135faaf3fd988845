namespace Appliance.Http;

/// <summary>How a fault is told inside a stream that has begun, where its wire has a form of its own for that.</summary>
/// <param name="TellAsync">Tells it and ends the stream.</param>
internal sealed record StreamFault(Func<ApiError, Task> TellAsync);
