using Models.Import.Decoder;
using Models.Import.Encoder;
using Models.Import.GenAi;
using Models.Import.Gguf;
using Models.Import.Llama2c;
using Models.Import.Onnx;
using Models.Import.Quantize;
using Models.Import.Safetensors;
using Models.Import.Sources;
using Models.Store;
using Models.Tokens;

namespace Models.Import;

/// <summary>Turns model files made elsewhere into an ONNX folder: decoders in GenAI layout, encoders with an <c>encoder.json</c>.</summary>
public static class ModelImporter
{
    /// <summary>
    /// Imports <paramref name="source"/> (a .gguf file, a llama2.c .bin file, a folder with safetensors and config.json, an ONNX
    /// GenAI folder, or the folder of an encoder with config.json and its graph) into the empty folder <paramref name="target"/>. Memory stays below three times the largest tensor.
    /// </summary>
    /// <exception cref="ImportException">The source cannot be imported; the message names the cause.</exception>
    /// <exception cref="IOException">Reading or writing failed, the disk is full for instance; the caller removes the folder.</exception>
    public static ImportReport Import(string source, string target, ImportOptions options, CancellationToken cancellation)
    {
        Directory.CreateDirectory(target);
        if (File.Exists(Path.Combine(source, GenAiConfig.FileName))) return GenAiFolder.Import(source, target, options, cancellation);
        if (EncoderFolder.IsOne(source)) return EncoderFolder.Import(source, target, options, cancellation);
        using var model = Open(source);
        var weights = DecoderWeightsReader.Read(model);
        var plan = new QuantizationPlan(options.Quantization, weights.Parameters);
        model.WriteTokenizer(target);
        TokenizerFiles.Check(target, model.Shape.VocabularySize);

        var graph = new OnnxGraph();
        IReadOnlyList<QuantizationLoss> losses;
        string quantization;
        using (var data = new ExternalDataFile(Path.Combine(target, "model.onnx.data")))
        {
            var total = model.Tensors.Values.Sum(t => t.Bytes);
            var store = new WeightStore(graph, data, total, options.Progress, cancellation);
            new DecoderGraph(model.Shape, weights, plan, graph, store).Build();
            (losses, quantization) = (store.Losses, store.Quantization);
        }
        graph.Save(Path.Combine(target, "model.onnx"));
        Describe(model, weights, target).Write(target);
        return new ImportReport(model.Shape.Architecture, weights.Parameters, quantization, model.Shape.ContextLength, model.License, losses);
    }

    private static SourceModel Open(string source)
    {
        if (Directory.Exists(source))
        {
            return File.Exists(Path.Combine(source, "config.json"))
                ? SafetensorsSource.Open(source)
                : throw new ImportException($"{source} is no model folder: it has neither config.json (Hugging Face) nor {GenAiConfig.FileName} (ONNX Runtime GenAI).");
        }
        if (!File.Exists(source)) throw new ImportException($"{source} does not exist.");
        return SourceFile.KindOf(source) switch
        {
            SourceFileKind.Gguf => GgufSource.Open(source),
            SourceFileKind.Llama2c => Llama2cSource.Open(source),
            SourceFileKind.Safetensors => throw new ImportException($"{source} is only the weights of a model. Import its folder, with config.json and tokenizer.json in it."),
            SourceFileKind.Zip => throw new ImportException($"{source} is a PyTorch checkpoint or another zip file, which is not read. Take the model as safetensors or GGUF."),
            _ => throw new ImportException($"{source} is not a GGUF file, and no other model file this program reads (llama2.c .bin, a folder with safetensors, an ONNX GenAI folder)."),
        };
    }

    private static GenAiConfig Describe(SourceModel model, DecoderWeights weights, string target)
    {
        var (shape, special) = (model.Shape, model.SpecialTokens);
        // Where the model's configuration does not say what ends an answer, its tokenizer may.
        if (special.End.Count == 0 && Tokenizer.FromFolder(target).EosToken is { } end) special = special with { End = [end] };
        return new GenAiConfig
        {
            Model = new GenAiModel
            {
                Type = shape.Architecture,
                BosTokenId = special.Begin,
                EosTokenId = special.End,
                PadTokenId = special.Pad ?? (special.End.Count > 0 ? special.End[0] : null),
                ContextLength = shape.ContextLength,
                VocabSize = weights.Output.Rows,
                Decoder = new GenAiDecoder
                {
                    HeadSize = weights.Heads.Size,
                    HiddenSize = shape.HiddenSize,
                    NumAttentionHeads = shape.Heads,
                    NumHiddenLayers = shape.Layers,
                    NumKeyValueHeads = shape.KvHeads,
                },
            },
            Search = new GenAiSearch { MaxLength = shape.ContextLength },
        };
    }
}
