namespace Models.Egress;

/// <summary>A request that went out, or was kept from it.</summary>
/// <param name="Host">The other side, as it was named.</param>
/// <param name="Port">Its port.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Bytes">What it carries beyond its head, the address's path and query and the body: bytes; null where a body's length is not known.</param>
/// <param name="Why">What it was for, or null.</param>
/// <param name="Refusal">Why it was not sent; null where it was.</param>
public sealed record EgressCall(string Host, int Port, string Method, long? Bytes, string? Why, string? Refusal);
