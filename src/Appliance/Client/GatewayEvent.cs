using System.Text.Json;

namespace Appliance.Client;

/// <summary>Something that happened in the gateway, as it told it.</summary>
internal sealed record GatewayEvent(string Name, JsonElement Payload);
