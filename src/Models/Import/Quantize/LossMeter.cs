using Models.Import.Weights;

namespace Models.Import.Quantize;

/// <summary>Sums what requantizing costs, per source and stored kind. Safe for several threads.</summary>
internal sealed class LossMeter
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<(ElementKind From, StoredKind To), Sums> _sums = [];

    /// <summary>Adds the squared error and the squared sum of some weights of a tensor.</summary>
    public void Add(SourceTensor tensor, StoredKind to, double error, double sum)
    {
        lock (_lock)
        {
            if (!_sums.TryGetValue((tensor.Kind, to), out var sums)) _sums[(tensor.Kind, to)] = sums = new Sums();
            sums.Tensors.Add(tensor);
            sums.Error += error;
            sums.Sum += sum;
        }
    }

    /// <summary>One entry per pair of kinds that lost anything.</summary>
    public IReadOnlyList<QuantizationLoss> ToReport() =>
    [
        .. _sums.Where(s => s.Value.Error > 0)
            .Select(s => new QuantizationLoss(s.Key.From.ToString(), s.Key.To.Name(), s.Value.Tensors.Count, Math.Sqrt(s.Value.Error / s.Value.Sum))),
    ];

    private sealed class Sums
    {
        public HashSet<SourceTensor> Tensors { get; } = [];
        public double Error { get; set; }
        public double Sum { get; set; }
    }
}
