using System.Text.Json.Serialization;

namespace Trainer.Training;

/// <summary>What a checkpoint says before its numbers.</summary>
internal sealed record CheckpointHead(TrainingPlan Plan, int Steps, long Examples);

[JsonSerializable(typeof(CheckpointHead))]
internal sealed partial class TrainerJson : JsonSerializerContext;
