using System.Text.Json.Serialization;

namespace Appliance.Commands.Hardware;

/// <summary>A device of <c>hardware list --found --json</c>.</summary>
/// <param name="At">Its address.</param>
/// <param name="What">What it is.</param>
internal sealed record HardwareFound(string At, string What);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<HardwareFound>))]
internal sealed partial class HardwareJson : JsonSerializerContext;
