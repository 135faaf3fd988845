using System.Text.Json.Serialization;

namespace Trainer.Training;

/// <summary>The JSON of plans and checkpoints.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TrainingPlan))]
[JsonSerializable(typeof(CheckpointHead))]
internal sealed partial class TrainerJson : JsonSerializerContext;
