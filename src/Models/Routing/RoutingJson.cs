using System.Text.Json.Serialization;
using Models.Routing.Execution;

namespace Models.Routing;

/// <summary>Decisions and policies as they are written down. Numbers are written so that they come back to the bit.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, IgnoreReadOnlyProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RouteRecord))]
[JsonSerializable(typeof(RoutingDecision))]
[JsonSerializable(typeof(RoutingPolicy))]
public sealed partial class RoutingJson : JsonSerializerContext;
