using Models.Import.Onnx;
using Models.Onnx;
using Models.Onnx.Rewriting;
using TestKit;

namespace Models.Tests.Onnx.Rewriting;

public sealed class RewriteGraphTests
{
    private static byte[] Model()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "model.onnx");
        var graph = new OnnxGraph();
        graph.Input("x", OnnxType.Float, "rows", 64);
        graph.Node("Scale", "first", ["x", graph.Integers(1, 2, 3)], new OnnxAttribute("whole", -7), new OnnxAttribute("part", 0.5f), new OnnxAttribute("word", "NHWC"));
        graph.Node("Relu", "second", ["first/output_0"]);
        graph.Output("second/output_0", OnnxType.Float, "rows", 64);
        graph.Save(path);
        return File.ReadAllBytes(path);
    }

    [Fact]
    public void Read_AModel_KnowsItsNodesAndTheirTies()
    {
        var graph = new RewriteGraph(Model());
        var first = graph.Nodes[0];
        Assert.Equal(("Scale", -7L, 0.5f, "NHWC"), (first.OpType, first.Integer("whole"), first.Float("part"), first.Text("word")));
        Assert.Null(first.Integer("part"));
        Assert.Same(first, graph.Producer(graph.Nodes[1].Inputs[0]));
        Assert.Equal((1, 1, 0), (graph.Consumers("x"), graph.Consumers("second/output_0"), graph.Consumers("nobody")));
        var stored = graph.InitializerOf(first.Inputs[1])!;
        Assert.Equal(OnnxElementType.Int64, stored.Type);
        Assert.Equal([3], stored.Shape);
        Assert.Equal("x", Assert.Single(graph.Inputs).Name);
        Assert.False(graph.Changed);
    }

    [Fact]
    public void Write_AChangedGraph_ReadsBackAsItWasMeant()
    {
        var graph = new RewriteGraph(Model());
        var (first, second) = (graph.Nodes[0], graph.Nodes[1]);
        graph.Import("ours");
        graph.Replace([first, second], new GraphNode("Both", "ours", "both", ["x", "more"], second.Outputs, new OnnxAttribute("threads", 2)));
        graph.Inputs.Add(new GraphValue("more", (int)OnnxElementType.Float32, 1));

        var again = new RewriteGraph(graph.Write());
        Assert.True(graph.Changed);
        var node = Assert.Single(again.Nodes);
        Assert.True(node.Is("Both", "ours"));
        Assert.Equal(["x", "more"], node.Inputs);
        Assert.Equal(2, node.Integer("threads"));
        Assert.Equal(["x", "more"], again.Inputs.Select(input => input.Name));
        Assert.Null(again.Producer("first/output_0"));
        Assert.Equal(0, again.Consumers("first/output_0"));
    }

    [Fact]
    public void Write_NodesThatNobodyTouched_AreTheSameBytes()
    {
        var graph = new RewriteGraph(Model());
        var before = graph.Nodes[0].ToProto().ToArray();
        graph.Replace([graph.Nodes[1]], graph.Nodes[1].WithInputs(["first/output_0"]));
        Assert.Equal(before, new RewriteGraph(graph.Write()).Nodes[0].ToProto().ToArray());
    }
}
