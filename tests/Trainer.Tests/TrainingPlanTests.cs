using System.Text.Json;
using Trainer.Training;

namespace Trainer.Tests;

public sealed class TrainingPlanTests
{
    [Fact]
    public void Deserialize_OfWhatIsRequiredAlone_KeepsTheDefaults()
    {
        const string Text = """{"shape":{"vocabulary":50,"context":64,"width":48,"layers":1,"heads":2,"kvHeads":1,"headSize":16,"feedForward":80},"seed":1,"steps":6}""";
        var read = JsonSerializer.Deserialize(Text, TrainerJson.Default.TrainingPlan);
        var shape = new Decoder.DecoderShape { Vocabulary = 50, Context = 64, Width = 48, Layers = 1, Heads = 2, KvHeads = 1, HeadSize = 16, FeedForward = 80 };
        Assert.Equal(new TrainingPlan { Shape = shape, Seed = 1, Steps = 6 }, read);
    }
}
