using TestKit;

namespace Models.Tests.Embedding;

/// <summary>What a <see cref="BertModel"/> computes, written down plainly: one text, no batch, no padding.</summary>
internal sealed class BertReference(BertModel model)
{
    private readonly IReadOnlyDictionary<string, (long[] Shape, float[] Values)> _weights = model.Weights;

    /// <summary>The rows of a text's tokens after the last norm.</summary>
    public double[][] Rows(int[] ids, int second)
    {
        var x = new double[ids.Length][];
        for (var i = 0; i < ids.Length; i++) x[i] = Norm("norm0", Sum(Sum(Row("word", ids[i]), Row("position", i)), Row("type", i < second ? 0 : 1)));
        var (query, key, value) = (Map("query", x), Map("key", x), Map("value", x));
        var attended = new double[ids.Length][];
        for (var i = 0; i < ids.Length; i++)
        {
            var shares = key.Select(k => Math.Exp(query[i].Zip(k, (a, b) => a * b).Sum() / Math.Sqrt(model.HiddenSize))).ToArray();
            attended[i] = [.. Enumerable.Range(0, model.HiddenSize).Select(c => value.Select((v, j) => v[c] * shares[j]).Sum() / shares.Sum())];
        }
        var output = Map("output", attended);
        x = [.. x.Select((row, i) => Norm("norm1", Sum(row, output[i])))];
        var down = Map("down", [.. Map("up", x).Select(row => row.Select(v => Math.Max(0, v)).ToArray())]);
        return [.. x.Select((row, i) => Norm("norm2", Sum(row, down[i])))];
    }

    /// <summary>The vector of a text.</summary>
    public double[] Embed(int[] ids)
    {
        var rows = Rows(ids, ids.Length);
        double[] pooled = model.Pooling switch
        {
            "cls_token" => rows[0],
            "max_tokens" => [.. Enumerable.Range(0, model.HiddenSize).Select(c => rows.Max(row => row[c]))],
            _ => [.. Enumerable.Range(0, model.HiddenSize).Select(c => rows.Average(row => row[c]))],
        };
        var length = Math.Sqrt(pooled.Sum(v => v * v));
        return [.. pooled.Select(v => v / length)];
    }

    /// <summary>The score of a pair.</summary>
    public double Score(int[] ids, int second) => 1 / (1 + Math.Exp(-Map("score", [Rows(ids, second)[0]])[0][0]));

    private double[] Row(string name, int index) => [.. _weights[name].Values.Skip(index * model.HiddenSize).Take(model.HiddenSize).Select(v => (double)v)];

    private double[][] Map(string name, double[][] x)
    {
        var ((shape, weight), bias) = (_weights[name], _weights[name + ".bias"].Values);
        return [.. x.Select(row => Enumerable.Range(0, (int)shape[1]).Select(c => bias[c] + row.Select((v, r) => v * weight[r * shape[1] + c]).Sum()).ToArray())];
    }

    private double[] Norm(string name, double[] x)
    {
        var (scale, bias) = (_weights[name + ".scale"].Values, _weights[name + ".bias"].Values);
        var mean = x.Average();
        var deviation = Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + model.Epsilon);
        return [.. x.Select((v, i) => (v - mean) / deviation * scale[i] + bias[i])];
    }

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];
}
