namespace Models.Onnx.Attention;

/// <summary>
/// One attention node's work in one step, cut into tasks that run in any order on any threads: first every <see cref="StoreTasks"/>, then
/// every <see cref="AttendTasks"/>. A row's result does not depend on how the step was cut or what else is in it.
/// </summary>
internal unsafe struct AttentionJob
{
    // Rows of queries that share one pass over a block of keys: enough to pay for loading it, few enough for the second-level cache.
    private const int TileRows = 64;

    private readonly AttentionShape _shape;
    private readonly AttentionData _data;
    private readonly AttentionBatch* _batch;
    private readonly int _tileQueries;

    public AttentionJob(in AttentionShape shape, in AttentionData data, AttentionBatch* batch)
    {
        _shape = shape;
        _data = data;
        _batch = batch;
        _tileQueries = Math.Max(1, TileRows / shape.Group);
        for (var i = 0; i < batch->Count; i++)
        {
            var sequence = batch->Sequences + i;
            AttendTasks += shape.KvHeads * Tiles(sequence);
            if (Tiles(sequence) > 1) StoreTasks += shape.KvHeads * TouchedBlocks(sequence);
        }
    }

    /// <summary>Tasks that put new keys and values into blocks; only for sequences that are attended to by several tasks a head.</summary>
    public int StoreTasks { get; }

    /// <summary>Tasks that make the output.</summary>
    public int AttendTasks { get; }

    /// <summary>Runs one of <see cref="StoreTasks"/>.</summary>
    public readonly void Store(int task)
    {
        for (var i = 0; ; i++)
        {
            var sequence = _batch->Sequences + i;
            if (Tiles(sequence) <= 1) continue;
            var tasks = _shape.KvHeads * TouchedBlocks(sequence);
            if (task >= tasks)
            {
                task -= tasks;
                continue;
            }
            var (block, head) = (sequence->Past / KvLayout.BlockTokens + task / _shape.KvHeads, task % _shape.KvHeads);
            var from = Math.Max(0, block * KvLayout.BlockTokens - sequence->Past);
            var to = Math.Min(sequence->Rows, (block + 1) * KvLayout.BlockTokens - sequence->Past);
            KvStore.Write(_shape, _data, _batch->Layout, sequence, head, from, to);
            return;
        }
    }

    /// <summary>Runs one of <see cref="AttendTasks"/>.</summary>
    public readonly void Attend(int task)
    {
        for (var i = 0; ; i++)
        {
            var sequence = _batch->Sequences + i;
            var tiles = Tiles(sequence);
            if (task >= _shape.KvHeads * tiles)
            {
                task -= _shape.KvHeads * tiles;
                continue;
            }
            // The last tiles see the most keys, so they go first.
            var (tile, head) = (tiles - 1 - task / _shape.KvHeads, task % _shape.KvHeads);
            if (tiles == 1) KvStore.Write(_shape, _data, _batch->Layout, sequence, head, 0, sequence->Rows);
            var from = tile * _tileQueries;
            AttentionKernel.Attend(_shape, _data, _batch->Layout, sequence, head, from, Math.Min(sequence->Rows, from + _tileQueries));
            return;
        }
    }

    private readonly int Tiles(AttentionSequence* sequence) => (sequence->Rows + _tileQueries - 1) / _tileQueries;

    private static int TouchedBlocks(AttentionSequence* sequence) =>
        (sequence->Past + sequence->Rows - 1) / KvLayout.BlockTokens - sequence->Past / KvLayout.BlockTokens + 1;
}
