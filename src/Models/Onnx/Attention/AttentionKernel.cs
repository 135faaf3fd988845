using System.Numerics;
using System.Runtime.CompilerServices;
using Models.Onnx.Kernels;

namespace Models.Onnx.Attention;

/// <summary>
/// Causal attention of some queries of one sequence and key head over its blocks, block by block with a running softmax (Milakov and
/// Gimelshein 2018; Dao et al. 2022). A row is one query of one of the heads that share the key head. Every row is summed in the same
/// order whatever rows it is computed with.
/// </summary>
internal static unsafe class AttentionKernel
{
    // Rows that share a load of keys or values.
    private const int RowStep = 4;

    private static int Lanes => Vector<float>.Count;

    /// <summary>Makes the outputs of the new tokens [from, to) for every query head of <paramref name="head"/>.</summary>
    public static void Attend(
        in AttentionShape shape, in AttentionData data, in KvLayout layout, AttentionSequence* sequence, int head, int from, int to)
    {
        int size = layout.HeadSize, group = shape.Group, used = (to - from) * group;
        var rows = (used + RowStep - 1) / RowStep * RowStep;
        var buffer = NativeBuffer.Rent((nuint)(rows * (2 * size + KvLayout.BlockTokens + 2) + 2 * layout.TileElements) * sizeof(float));
        var query = (float*)buffer.Pointer;
        var output = query + rows * size;
        var scores = output + rows * size;
        var scratch = scores + rows * KvLayout.BlockTokens;
        var largest = scratch + 2 * layout.TileElements;
        var total = largest + rows;

        Gather(shape, data, size, sequence, head, from, used, query);
        new Span<float>(query + used * size, (rows - used) * size).Clear();
        new Span<float>(output, rows * size).Clear();
        new Span<float>(largest, rows).Fill(float.NegativeInfinity);
        new Span<float>(total, rows).Clear();

        // Positions that the first and the last query see.
        int first = sequence->Past + from, last = sequence->Past + to - 1;
        var oldest = shape.Window > 0 ? Math.Max(0, first - shape.Window + 1) : 0;
        for (var block = oldest / KvLayout.BlockTokens; block <= last / KvLayout.BlockTokens; block++)
        {
            var start = block * KvLayout.BlockTokens;
            var count = Math.Min(KvLayout.BlockTokens, last + 1 - start);
            KvStore.Read(layout, sequence->Blocks[block] + layout.Offset(shape.Layer, head), scratch, out var keys, out var values);
            for (var row = 0; row < rows; row += RowStep) Score(query + row * size, size, keys, scores + row * KvLayout.BlockTokens);
            for (var row = 0; row < rows; row++)
            {
                var position = first + Math.Min(row, used - 1) / group;
                var newest = Math.Min(count, position + 1 - start);
                var hidden = shape.Window > 0 ? Math.Max(0, position - shape.Window + 1 - start) : 0;
                Weigh(scores + row * KvLayout.BlockTokens, hidden, newest, ref largest[row], ref total[row], output + row * size, size);
            }
            for (var row = 0; row < rows; row += RowStep) Add(scores + row * KvLayout.BlockTokens, count, values, size, output + row * size);
        }

        for (var row = 0; row < used; row++)
        {
            var target = data.Output + ((long)(sequence->FirstRow + from + row / group) * shape.Heads + head * group + row % group) * size;
            var factor = 1 / total[row];
            for (var d = 0; d < size; d++) target[d] = output[row * size + d] * factor;
        }
        buffer.Return();
    }

    // The queries, rotated and scaled: row = query · group + head within the group.
    private static void Gather(
        in AttentionShape shape, in AttentionData data, int size, AttentionSequence* sequence, int head, int from, int used, float* query)
    {
        for (var row = 0; row < used; row++)
        {
            var token = from + row / shape.Group;
            var source = data.Query + (sequence->FirstRow + token) * data.QueryStride + (head * shape.Group + row % shape.Group) * size;
            var target = query + row * size;
            Rotation.Apply(data, source, target, size, sequence->Past + token, shape.Interleaved);
            for (var d = 0; d < size; d++) target[d] *= shape.Scale;
        }
    }

    // scores[4, 32] = query[4, size] · keys[size, 32]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Score(float* query, int size, float* keys, float* scores)
    {
        float* q1 = query + size, q2 = q1 + size, q3 = q2 + size;
        for (var token = 0; token < KvLayout.BlockTokens; token += 2 * Lanes)
        {
            Vector<float> a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default, a3 = default, b3 = default;
            var key = keys + token;
            for (var d = 0; d < size; d++, key += KvLayout.BlockTokens)
            {
                Vector<float> a = Vector.Load(key), b = Vector.Load(key + Lanes);
                var q = new Vector<float>(query[d]);
                a0 = Vector.FusedMultiplyAdd(q, a, a0);
                b0 = Vector.FusedMultiplyAdd(q, b, b0);
                q = new Vector<float>(q1[d]);
                a1 = Vector.FusedMultiplyAdd(q, a, a1);
                b1 = Vector.FusedMultiplyAdd(q, b, b1);
                q = new Vector<float>(q2[d]);
                a2 = Vector.FusedMultiplyAdd(q, a, a2);
                b2 = Vector.FusedMultiplyAdd(q, b, b2);
                q = new Vector<float>(q3[d]);
                a3 = Vector.FusedMultiplyAdd(q, a, a3);
                b3 = Vector.FusedMultiplyAdd(q, b, b3);
            }
            var target = scores + token;
            Store(target, a0, b0);
            Store(target + KvLayout.BlockTokens, a1, b1);
            Store(target + 2 * KvLayout.BlockTokens, a2, b2);
            Store(target + 3 * KvLayout.BlockTokens, a3, b3);
        }
    }

    // Turns a row's scores into weights relative to its largest score so far, and brings what was summed before to the same footing.
    private static void Weigh(float* scores, int hidden, int newest, ref float largest, ref float total, float* output, int size)
    {
        for (var token = 0; token < hidden && token < KvLayout.BlockTokens; token++) scores[token] = float.NegativeInfinity;
        for (var token = Math.Max(0, newest); token < KvLayout.BlockTokens; token++) scores[token] = float.NegativeInfinity;
        var most = new Vector<float>(float.NegativeInfinity);
        for (var token = 0; token < KvLayout.BlockTokens; token += Lanes) most = Vector.Max(most, Vector.Load(scores + token));
        var now = largest;
        for (var lane = 0; lane < Lanes; lane++) now = MathF.Max(now, most[lane]);
        if (float.IsNegativeInfinity(now))
        {
            // A window that has not begun yet.
            new Span<float>(scores, KvLayout.BlockTokens).Clear();
            return;
        }
        var shift = new Vector<float>(now);
        var sum = Vector<float>.Zero;
        for (var token = 0; token < KvLayout.BlockTokens; token += Lanes)
        {
            var weight = VectorExp.Exp(Vector.Load(scores + token) - shift);
            weight.Store(scores + token);
            sum += weight;
        }
        if (now != largest)
        {
            var factor = MathF.Exp(largest - now);
            total *= factor;
            var factors = new Vector<float>(factor);
            for (var d = 0; d < size; d += Lanes) (Vector.Load(output + d) * factors).Store(output + d);
            largest = now;
        }
        total += Vector.Sum(sum);
    }

    // output[4, size] += weights[4, count] · values[count, size]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Add(float* weights, int count, float* values, int size, float* output)
    {
        float* w1 = weights + KvLayout.BlockTokens, w2 = w1 + KvLayout.BlockTokens, w3 = w2 + KvLayout.BlockTokens;
        var d = 0;
        for (; d + 2 * Lanes <= size; d += 2 * Lanes)
        {
            float* o0 = output + d, o1 = o0 + size, o2 = o1 + size, o3 = o2 + size;
            Vector<float> a0 = Vector.Load(o0), b0 = Vector.Load(o0 + Lanes), a1 = Vector.Load(o1), b1 = Vector.Load(o1 + Lanes);
            Vector<float> a2 = Vector.Load(o2), b2 = Vector.Load(o2 + Lanes), a3 = Vector.Load(o3), b3 = Vector.Load(o3 + Lanes);
            var value = values + d;
            for (var token = 0; token < count; token++, value += size)
            {
                Vector<float> a = Vector.Load(value), b = Vector.Load(value + Lanes);
                var w = new Vector<float>(weights[token]);
                a0 = Vector.FusedMultiplyAdd(w, a, a0);
                b0 = Vector.FusedMultiplyAdd(w, b, b0);
                w = new Vector<float>(w1[token]);
                a1 = Vector.FusedMultiplyAdd(w, a, a1);
                b1 = Vector.FusedMultiplyAdd(w, b, b1);
                w = new Vector<float>(w2[token]);
                a2 = Vector.FusedMultiplyAdd(w, a, a2);
                b2 = Vector.FusedMultiplyAdd(w, b, b2);
                w = new Vector<float>(w3[token]);
                a3 = Vector.FusedMultiplyAdd(w, a, a3);
                b3 = Vector.FusedMultiplyAdd(w, b, b3);
            }
            Store(o0, a0, b0);
            Store(o1, a1, b1);
            Store(o2, a2, b2);
            Store(o3, a3, b3);
        }
        for (; d < size; d += Lanes)
        {
            for (var row = 0; row < RowStep; row++)
            {
                var sum = Vector.Load(output + row * size + d);
                for (var token = 0; token < count; token++)
                    sum = Vector.FusedMultiplyAdd(new Vector<float>(weights[row * KvLayout.BlockTokens + token]), Vector.Load(values + token * size + d), sum);
                sum.Store(output + row * size + d);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* target, Vector<float> a, Vector<float> b)
    {
        a.Store(target);
        b.Store(target + Lanes);
    }
}
