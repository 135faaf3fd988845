using System.Text.Json.Serialization;

namespace Runtime.Schedule.Jobs;

[JsonSerializable(typeof(Job))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
internal sealed partial class JobJson : JsonSerializerContext;
