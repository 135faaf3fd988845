namespace Trainer.Training;

/// <summary>What a checkpoint says before its numbers.</summary>
internal sealed record CheckpointHead(TrainingPlan Plan, int Steps, long Examples);
