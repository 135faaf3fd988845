using System.Text.Json;

namespace Appliance.Gateway.Protocol;

/// <summary>A request. <paramref name="Params"/> is undefined where the frame has none; it owns its memory.</summary>
internal sealed record RequestFrame(string Id, string Method, JsonElement Params);
