using Models.Onnx;
using Models.Onnx.Attention;
using TestKit;

namespace Models.Tests.Onnx.Attention;

/// <summary>Attention over blocks against the plain formula in double precision.</summary>
public sealed unsafe class AttentionTests : IDisposable
{
    private const int Positions = 512;

    private readonly NativeArena _arena = new();
    private readonly SeededRandom _random = new(11);

    // Cosines and sines need not be any for this; every sequence has the same.
    private readonly float* _angles;

    public AttentionTests() => _angles = Floats(2 * Positions * 64, null);

    public void Dispose() => _arena.Dispose();

    [Theory]
    [InlineData(14, 2, 64, 32, false, 0)] // Qwen2.5 0.5B
    [InlineData(4, 4, 16, 8, false, 0)]
    [InlineData(6, 2, 80, 16, false, 7)] // partly rotated, a window, a head that is no multiple of 16 lanes
    [InlineData(3, 1, 32, 16, true, 0)]
    [InlineData(8, 8, 128, 0, false, 40)] // not rotated
    public void Attend_AnyShape_EqualsTheFormula(int heads, int kvHeads, int size, int half, bool interleaved, int window)
    {
        var shape = new AttentionShape { Layer = 1, Heads = heads, KvHeads = kvHeads, Scale = 0.2f, Window = window, Interleaved = interleaved };
        var sequence = new Sequence(this, shape, new KvLayout(2, kvHeads, size, KvType.Float32), half, packed: heads == 14);
        sequence.Append(100);
        sequence.Append(1);
        sequence.Append(45);
        Assert.InRange(sequence.WorstError(), 0, 2e-5);
    }

    [Theory]
    [InlineData(KvType.Float16, 2e-3)]
    [InlineData(KvType.Int8, 4e-2)]
    public void Attend_KeptInFewerBits_IsClose(KvType type, double limit)
    {
        var shape = new AttentionShape { Layer = 0, Heads = 8, KvHeads = 2, Scale = 0.2f };
        var sequence = new Sequence(this, shape, new KvLayout(1, 2, 64, type), 32, packed: true);
        sequence.Append(70);
        sequence.Append(1);
        Assert.InRange(sequence.WorstError(), 1e-9, limit);
    }

    [Fact]
    public void Attend_CutAnyWay_GivesTheSameBits()
    {
        var shape = new AttentionShape { Layer = 0, Heads = 14, KvHeads = 2, Scale = 0.2f };
        var layout = new KvLayout(1, 2, 64, KvType.Float32);
        var whole = new Sequence(this, shape, layout, 32, packed: true);
        whole.Append(90);
        var pieces = new Sequence(this, shape, layout, 32, packed: true, like: whole);
        foreach (var piece in (int[])[1, 31, 2, 40, 1, 1, 14]) pieces.Append(piece);
        Assert.Equal(whole.Output, pieces.Output);
    }

    [Fact]
    public void Attend_WithOthersInTheStep_GivesTheSameBits()
    {
        var shape = new AttentionShape { Layer = 0, Heads = 4, KvHeads = 2, Scale = 0.2f };
        var layout = new KvLayout(1, 2, 32, KvType.Float32);
        Sequence[] alone = [.. Enumerable.Range(0, 3).Select(_ => new Sequence(this, shape, layout, 16, packed: true))];
        Sequence[] together = [.. alone.Select(one => new Sequence(this, shape, layout, 16, packed: true, like: one))];
        int[][] steps = [[40, 1, 33], [1, 1, 5], [7, 64, 1]];
        foreach (var step in steps)
        {
            for (var i = 0; i < 3; i++) alone[i].Append(step[i]);
            Sequence.AppendTogether(this, together, step);
        }
        for (var i = 0; i < 3; i++) Assert.Equal(alone[i].Output, together[i].Output);
    }

    /// <summary>A sequence with random rows, its blocks in no order, and what came out of it so far.</summary>
    private sealed class Sequence
    {
        private readonly AttentionShape _shape;
        private readonly KvLayout _layout;
        private readonly bool _packed;
        private readonly AttentionData _data;
        private readonly byte** _blocks;
        private int _length;

        public Sequence(AttentionTests test, AttentionShape shape, KvLayout layout, int half, bool packed, Sequence? like = null)
        {
            (_shape, _layout, _packed) = (shape, layout, packed);
            var most = Positions / 2;
            _blocks = (byte**)test._arena.Allocate<nint>(most / KvLayout.BlockTokens);
            for (var block = most / KvLayout.BlockTokens - 1; block >= 0; block--)
            {
                _blocks[block] = test._arena.Allocate<byte>(layout.BlockBytes);
                // What others left there must not show.
                new Span<byte>(_blocks[block], (int)layout.BlockBytes).Fill(0x41);
            }
            long queries = shape.Heads * layout.HeadSize, keys = shape.KvHeads * layout.HeadSize, row = queries + 2 * keys;
            _data = new AttentionData
            {
                Query = test.Floats(most * row, like is null ? null : like._data.Query),
                QueryStride = packed ? row : queries,
                KeyStride = packed ? row : keys,
                Output = test._arena.Allocate<float>(most * queries),
                Cos = half == 0 ? null : test._angles,
                Sin = half == 0 ? null : test._angles + Positions * half,
                RotaryHalf = half,
                PositionShift = 3,
            };
            _data.Key = packed ? _data.Query + queries : _data.Query + most * queries;
            _data.Value = packed ? _data.Query + queries + keys : _data.Query + most * (queries + keys);
        }

        public float[] Output => new Span<float>(_data.Output, _length * _shape.Heads * _layout.HeadSize).ToArray();

        public void Append(int rows)
        {
            var data = _data;
            // The step's rows begin at 0.
            data.Query += _length * data.QueryStride;
            data.Key += _length * data.KeyStride;
            data.Value += _length * data.KeyStride;
            data.Output += _length * _shape.Heads * _layout.HeadSize;
            var sequence = new AttentionSequence { Blocks = _blocks, FirstRow = 0, Rows = rows, Past = _length };
            var batch = new AttentionBatch { Sequences = &sequence, Count = 1, Layout = _layout };
            Run(new AttentionJob(_shape, data, &batch));
            _length += rows;
        }

        public static void AppendTogether(AttentionTests test, Sequence[] sequences, int[] rows)
        {
            var first = sequences[0];
            var data = first._data;
            data.Query = test._arena.Allocate<float>(rows.Sum() * data.QueryStride);
            data.Output = test._arena.Allocate<float>((long)rows.Sum() * first._shape.Heads * first._layout.HeadSize);
            data.Key = data.Query + (first._data.Key - first._data.Query);
            data.Value = data.Query + (first._data.Value - first._data.Query);
            var parts = stackalloc AttentionSequence[sequences.Length];
            var at = 0;
            for (var i = 0; i < sequences.Length; i++)
            {
                var one = sequences[i];
                new Span<float>(one._data.Query + one._length * data.QueryStride, (int)(rows[i] * data.QueryStride))
                    .CopyTo(new Span<float>(data.Query + at * data.QueryStride, (int)(rows[i] * data.QueryStride)));
                parts[i] = new AttentionSequence { Blocks = one._blocks, FirstRow = at, Rows = rows[i], Past = one._length };
                at += rows[i];
            }
            var batch = new AttentionBatch { Sequences = parts, Count = sequences.Length, Layout = first._layout };
            Run(new AttentionJob(first._shape, data, &batch));
            at = 0;
            long width = first._shape.Heads * first._layout.HeadSize;
            for (var i = 0; i < sequences.Length; at += rows[i++])
            {
                new Span<float>(data.Output + at * width, (int)(rows[i] * width)).CopyTo(new Span<float>(sequences[i]._data.Output + sequences[i]._length * width, (int)(rows[i] * width)));
                sequences[i]._length += rows[i];
            }
        }

        // Tasks in the least convenient order: the last first.
        private static void Run(AttentionJob job)
        {
            for (var task = job.StoreTasks - 1; task >= 0; task--) job.Store(task);
            for (var task = job.AttendTasks - 1; task >= 0; task--) job.Attend(task);
        }

        /// <summary>Largest difference to softmax(q·k·scale)·v over what each query may see.</summary>
        public double WorstError()
        {
            double worst = 0;
            var size = _layout.HeadSize;
            for (var token = 0; token < _length; token++)
            {
                for (var head = 0; head < _shape.Heads; head++)
                {
                    var query = Rotated(_data.Query + token * _data.QueryStride + head * size, token);
                    var kv = head / _shape.Group * size;
                    var oldest = _shape.Window > 0 ? Math.Max(0, token + 1 - _shape.Window) : 0;
                    var scores = Enumerable.Range(oldest, token + 1 - oldest)
                        .Select(past => query.Zip(Rotated(_data.Key + past * _data.KeyStride + kv, past), (q, k) => q * k).Sum() * _shape.Scale).ToArray();
                    var weights = scores.Select(score => Math.Exp(score - scores.Max())).ToArray();
                    for (var d = 0; d < size; d++)
                    {
                        var expected = weights.Select((w, i) => w * _data.Value[(oldest + i) * _data.KeyStride + kv + d]).Sum() / weights.Sum();
                        worst = Math.Max(worst, Math.Abs(expected - _data.Output[((long)token * _shape.Heads + head) * size + d]));
                    }
                }
            }
            return worst;
        }

        private double[] Rotated(float* source, int position)
        {
            var (half, size) = (_data.RotaryHalf, _layout.HeadSize);
            var result = Enumerable.Range(0, size).Select(d => (double)source[d]).ToArray();
            for (var i = 0; i < half; i++)
            {
                double cos = _data.Cos[(position + 3) * half + i], sin = _data.Sin[(position + 3) * half + i];
                var (x, y) = _shape.Interleaved ? (2 * i, 2 * i + 1) : (i, half + i);
                (result[x], result[y]) = (source[x] * cos - source[y] * sin, source[y] * cos + source[x] * sin);
            }
            return result;
        }
    }

    private float* Floats(long count, float* like)
    {
        if (like != null) return like;
        var floats = _arena.Allocate<float>(count);
        for (var i = 0L; i < count; i++) floats[i] = (float)(_random.NextBits() >> 40) / (1 << 23) - 1;
        return floats;
    }
}
