using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Import;
using Models.Tokens;
using TestKit;
using Trainer.Decoder;
using Trainer.Examples;
using Trainer.Export;
using Trainer.Tokenizing;
using Trainer.Training;

namespace Trainer.Tests;

/// <summary>From examples to a model that the appliance runs.</summary>
public sealed class ExportTests
{
    private const string Template = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
    private static readonly string[] Special = ["<|im_end|>", "<|im_start|>", "<tool_call>", "</tool_call>"];

    [Fact]
    public void Learn_AVocabulary_GivesEveryTextBack_InFewerTokensThanBytes()
    {
        using var folder = new TemporaryFolder();
        string[] texts = ["turn the light on in the kitchen", "turn the light off", "what is the time in the kitchen?", "grüße 12345 \t\n  and more", "the the the"];
        BpeTrainer.Learn(texts, 320).Write(folder.Path, Special, Special[0], Template);
        var tokenizer = Tokenizer.FromFolder(folder.Path);
        foreach (var text in (string[])[.. texts, "日本 \u0001 unseen \\ words", ""]) Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        Assert.True(tokenizer.Encode("turn the light on in the kitchen").Length < 20);
        Assert.Equal(tokenizer.Encode("kitchen"), tokenizer.Encode("\"kitchen")[1..]);
        Assert.Equal(5, tokenizer.Encode("12345").Length);
        Assert.Equal(tokenizer.FindToken(Special[0]), Assert.Single(tokenizer.Encode(Special[0])));
    }

    [Fact]
    public async Task Exported_AndImported_SaysWhatItLearnt()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder["examples.jsonl"], (string[])
        [
            Line("hello", "Hello! How can I help?"), Line("who are you", "I am the assistant of this box."), Line("thanks", "You are welcome."),
        ]);
        BpeTrainer.Learn(ExampleFile.Texts(folder["examples.jsonl"]), 300).Write(folder.Path, Special, Special[0], Template);
        var tokenizer = Tokenizer.FromFolder(folder.Path);
        var shape = new DecoderShape { Vocabulary = 304, Context = 128, Width = 64, Layers = 2, Heads = 2, KvHeads = 1, HeadSize = 32, FeedForward = 128 };
        var examples = new ExampleFile(folder["examples.jsonl"], tokenizer, shape.Context, 1);
        using var run = new TrainingRun(new TrainingPlan { Shape = shape, Seed = 1, Steps = 120, BatchTokens = 256, Rate = 1e-2f, WarmUp = 10 }, examples);
        while (run.Steps < run.Plan.Steps) run.Step();
        HuggingFaceFolder.Write(folder.Path, shape, run.Table, run.Weights);

        var (table, weights) = HuggingFaceFolder.Read(folder.Path, shape);
        using (weights)
        {
            foreach (var parameter in table.All)
            {
                for (var i = parameter.Offset; i < parameter.Offset + parameter.Length; i++) Assert.Equal((float)(Half)run.Weights.Span[(int)i], weights.Span[(int)i]);
            }
        }

        ModelImporter.Import(folder.Path, folder["onnx"], new ImportOptions { Quantization = Quantization.None }, CancellationToken.None);
        using var model = new LocalLanguageModel("learnt", folder["onnx"], new EngineOptions { Threads = 1 });
        using var client = new LocalChatClient(model);
        foreach (var (question, answer) in new[] { ("hello", "Hello! How can I help?"), ("who are you", "I am the assistant of this box."), ("thanks", "You are welcome.") })
            Assert.Equal(answer, (await client.GetResponseAsync(question, new ChatOptions { Temperature = 0, MaxOutputTokens = 40 })).Text);
    }

    private static string Line(string question, string answer) => System.Text.Json.JsonSerializer.Serialize(new object[]
    {
        new { text = $"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n" }, new { text = $"{answer}<|im_end|>", learn = true },
    });
}
