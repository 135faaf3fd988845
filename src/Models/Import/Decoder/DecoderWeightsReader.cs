using Models.Import.Sources;
using Models.Import.Weights;

namespace Models.Import.Decoder;

/// <summary>Finds a decoder's tensors by name, checks their shapes and brings them into the graph's layout.</summary>
internal sealed class DecoderWeightsReader
{
    private readonly SourceModel _source;
    private readonly ModelShape _shape;
    private readonly TensorNames _names;
    private readonly HeadLayout _heads;
    private readonly Dictionary<string, SourceTensor> _left;
    private long _parameters;

    private DecoderWeightsReader(SourceModel source)
    {
        _source = source;
        _shape = source.Shape;
        _names = source.Names;
        _heads = new HeadLayout(_shape.HeadSize, _shape.Rope.Half, _shape.InterleavedRope);
        _left = new Dictionary<string, SourceTensor>(source.Tensors);
    }

    /// <summary>Reads the weights of a model.</summary>
    /// <exception cref="ImportException">A tensor is missing, has another shape than the model states, or is one too many.</exception>
    public static DecoderWeights Read(SourceModel source) => new DecoderWeightsReader(source).Read();

    private DecoderWeights Read()
    {
        var (embedding, output) = TakeEmbeddings();
        var finalNorm = TakeVector(_names.FinalNorm + ".weight", _shape.HiddenSize);
        var layers = new List<LayerWeights>();
        for (var layer = 0; layer < _shape.Layers; layer++) layers.Add(ReadLayer(_names.Layer(layer)));

        var extra = _left.Keys.Where(name => !_names.IsRedundant(name)).Order(StringComparer.Ordinal).ToList();
        if (extra.Count > 0)
        {
            throw new ImportException(
                $"{_source.Path} holds {extra.Count} tensors a {_shape.Architecture} model does not have ({string.Join(", ", extra.Take(3))}"
                + $"{(extra.Count > 3 ? ", …" : "")}), so it is of another kind than it says. Take a model of a supported architecture.");
        }
        var table = WeightMatrix.Of(embedding);
        return new DecoderWeights
        {
            Embedding = table,
            Output = _shape.TiedEmbeddings ? table : WeightMatrix.Of(output),
            FinalNorm = finalNorm,
            Layers = layers,
            Heads = _heads,
            Parameters = _parameters,
        };
    }

    // A tied table is stored under either name, or twice.
    private (SourceTensor Embedding, SourceTensor Output) TakeEmbeddings()
    {
        var (input, output) = (_names.Embedding + ".weight", _names.Output + ".weight");
        if (!_shape.TiedEmbeddings) return (Take(input, _shape.VocabularySize, _shape.HiddenSize), Take(output, _shape.VocabularySize, _shape.HiddenSize));
        var table = Take(_left.ContainsKey(input) ? input : output, _shape.VocabularySize, _shape.HiddenSize);
        _left.Remove(output);
        return (table, table);
    }

    private LayerWeights ReadLayer(string prefix)
    {
        var (hidden, headSize) = (_shape.HiddenSize, _shape.HeadSize);
        var (queryRows, kvRows) = (_shape.Heads * headSize, _shape.KvHeads * headSize);
        Linear query, key, value;
        if (_left.ContainsKey(prefix + _names.QueryKeyValue + ".weight"))
        {
            var packed = Take(prefix + _names.QueryKeyValue + ".weight", queryRows + 2 * kvRows, hidden);
            var bias = FindVector(prefix + _names.QueryKeyValue + ".bias", queryRows + 2 * kvRows);
            query = Rows(packed, bias, HeadLayout.Repeat(_heads.Rotated, _shape.Heads, headSize));
            key = Rows(packed, bias, HeadLayout.Repeat(_heads.Rotated, _shape.KvHeads, headSize, queryRows));
            value = Rows(packed, bias, HeadLayout.Repeat(_heads.Plain, _shape.KvHeads, headSize, queryRows + kvRows));
        }
        else
        {
            query = Projection(prefix + _names.Query, queryRows, HeadLayout.Repeat(_heads.Rotated, _shape.Heads, headSize));
            key = Projection(prefix + _names.Key, kvRows, HeadLayout.Repeat(_heads.Rotated, _shape.KvHeads, headSize));
            value = Projection(prefix + _names.Value, kvRows, HeadLayout.Repeat(_heads.Plain, _shape.KvHeads, headSize));
        }

        Linear gate, up;
        var feedForward = _shape.FeedForwardSize;
        if (_left.ContainsKey(prefix + _names.Gate + ".weight"))
        {
            gate = Projection(prefix + _names.Gate, feedForward);
            up = Projection(prefix + _names.Up, feedForward);
        }
        else
        {
            var packed = Take(prefix + _names.GateUp + ".weight", 2 * feedForward, hidden);
            gate = Rows(packed, null, [.. Enumerable.Range(0, feedForward)]);
            up = Rows(packed, null, [.. Enumerable.Range(feedForward, feedForward)]);
        }

        var output = Take(prefix + _names.AttentionOutput + ".weight", hidden, queryRows);
        return new LayerWeights
        {
            AttentionNorm = TakeVector(prefix + _names.AttentionNorm + ".weight", hidden),
            Query = query,
            Key = key,
            Value = value,
            AttentionOutput = new Linear(
                WeightMatrix.OfColumns(output, HeadLayout.Repeat(_heads.Plain, _shape.Heads, headSize)),
                FindVector(prefix + _names.AttentionOutput + ".bias", hidden)),
            QueryNorm = HeadNorm(prefix + _names.QueryNorm + ".weight"),
            KeyNorm = HeadNorm(prefix + _names.KeyNorm + ".weight"),
            FeedForwardNorm = TakeVector(prefix + _names.FeedForwardNorm + ".weight", hidden),
            Gate = gate,
            Up = up,
            Down = Projection(prefix + _names.Down, hidden, columns: feedForward),
        };
    }

    private Linear Projection(string name, int rows, int[]? order = null, int? columns = null)
    {
        var tensor = Take(name + ".weight", rows, columns ?? _shape.HiddenSize);
        return Rows(tensor, FindVector(name + ".bias", rows), order ?? [.. Enumerable.Range(0, rows)]);
    }

    private static Linear Rows(SourceTensor tensor, float[]? bias, int[] order) =>
        new(WeightMatrix.OfRows(tensor, order), bias is null ? null : [.. order.Select(row => row == WeightMatrix.Zero ? 0 : bias[row])]);

    // Padding a normalised head would change its mean, so such heads must fit as they are; all published ones do.
    private float[]? HeadNorm(string name)
    {
        if (!_shape.HasHeadNorms) return null;
        if (_heads.Size != _shape.HeadSize)
            throw new ImportException($"{_source.Path} normalises heads of {_shape.HeadSize} dimensions; only multiples of 16 are supported.");
        return TakeVector(name, _shape.HeadSize);
    }

    private float[] TakeVector(string name, int length) => Take(name, 1, length).ReadVector();

    private float[]? FindVector(string name, int length) => _left.ContainsKey(name) ? TakeVector(name, length) : null;

    private SourceTensor Take(string name, int rows, int columns)
    {
        if (!_left.Remove(name, out var tensor))
            throw new ImportException($"{_source.Path} lacks the tensor {name}, which a {_shape.Architecture} model must have. Fetch it again.");
        if (tensor.Columns != columns || tensor.Rows != rows)
        {
            throw new ImportException(
                $"Tensor {name} in {_source.Path} has the shape [{tensor.Rows}, {tensor.Columns}], "
                + $"where the model's description asks for [{rows}, {columns}].");
        }
        _parameters += tensor.Count;
        return tensor;
    }
}
