using System.Runtime.InteropServices;
using Models.Import.Onnx;
using Models.Onnx.Rewriting;

namespace TestKit;

/// <summary>Writes the graph of a <see cref="BertModel"/>: embeddings, attention of one head, feed-forward, norms.</summary>
internal sealed class BertGraph : IDisposable
{
    private readonly OnnxGraph _graph = new();
    private readonly ExternalDataFile _data;

    private BertGraph(string path) => _data = new ExternalDataFile(path + ".data");

    public static void Save(BertModel model, string path)
    {
        File.Delete(path + ".data");
        using var graph = new BertGraph(path);
        graph.Build(model);
        graph._graph.Save(path);
    }

    private void Build(BertModel model)
    {
        foreach (var input in (string[])["input_ids", "attention_mask", "token_type_ids"]) _graph.Input(input, OnnxType.Int64, "batch", "sequence");
        foreach (var (name, (shape, values)) in model.Weights) Weight(name, shape, values);
        Weight("scale", [], [1 / MathF.Sqrt(model.HiddenSize)]);
        Weight("one", [], [1]);
        Weight("far", [], [10_000]);

        var length = Node("Gather", [Node("Shape", ["input_ids"]), _graph.Integers(1)]);
        var positions = Node("Slice", ["position", _graph.Integers(0), length, _graph.Integers(0)]);
        var tokens = Node("Add", [Node("Gather", ["word", "input_ids"]), Node("Gather", ["type", "token_type_ids"])]);
        var x = Norm("norm0", Node("Add", [tokens, positions]), model);

        // The scores of query and key as a sum over their products, which needs no transposing.
        var (query, key) = (Node("Unsqueeze", [Linear("query", x), _graph.Integers(2)]), Node("Unsqueeze", [Linear("key", x), _graph.Integers(1)]));
        var scores = Node("Mul", [Node("ReduceSum", [Node("Mul", [query, key]), _graph.Integers(3)], new OnnxAttribute("keepdims", 0)), "scale"]);
        var mask = Node("Mul", [Node("Sub", [Node("Cast", ["attention_mask"], new OnnxAttribute("to", (long)OnnxType.Float)), "one"]), "far"]);
        var shares = Node("Softmax", [Node("Add", [scores, Node("Unsqueeze", [mask, _graph.Integers(1)])])], new OnnxAttribute("axis", -1));
        x = Norm("norm1", Node("Add", [x, Linear("output", Node("MatMul", [shares, Linear("value", x)]))]), model);
        x = Norm("norm2", Node("Add", [x, Linear("down", Node("Relu", [Linear("up", x)]))]), model);
        if (model.Quantized) x = Quantize(x);
        if (model.Reranker)
        {
            var first = Node("Gather", [x, _graph.Integer(0)], new OnnxAttribute("axis", 1));
            _graph.Node("Identity", "logits", [Linear("score", first)], ["logits"]);
            _graph.Output("logits", OnnxType.Float, "batch", 1);
            return;
        }
        _graph.Node("Identity", "last", [x], ["last_hidden_state"]);
        _graph.Output("last_hidden_state", OnnxType.Float, "batch", "sequence", model.HiddenSize);
    }

    private string Quantize(string x)
    {
        _graph.Node("DynamicQuantizeLinear", "quantize", [x], ["bytes", "bytes_scale", "bytes_zero"]);
        return Node("DequantizeLinear", ["bytes", "bytes_scale", "bytes_zero"]);
    }

    private string Linear(string name, string x) => Node("Add", [Node("MatMul", [x, name]), name + ".bias"]);

    private string Norm(string name, string x, BertModel model) =>
        Node("LayerNormalization", [x, name + ".scale", name + ".bias"], new OnnxAttribute("axis", -1), new OnnxAttribute("epsilon", model.Epsilon));

    private int _nodes;

    private string Node(string op, string[] inputs, params ReadOnlySpan<OnnxAttribute> attributes) => _graph.Node(op, $"{op}_{_nodes++}", inputs, attributes);

    private void Weight(string name, long[] shape, float[] values)
    {
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        var offset = _data.Reserve(bytes.Length);
        _data.Write(offset, bytes);
        _graph.External(name, OnnxType.Float, shape, _data.Name, offset, bytes.Length);
    }

    public void Dispose() => _data.Dispose();
}
