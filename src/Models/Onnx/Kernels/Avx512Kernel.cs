using static Models.Onnx.Kernels.Avx512Assembler;

namespace Models.Onnx.Kernels;

/// <summary>
/// <see cref="PanelKernel"/> in 512-bit code for processors with AVX512_VNNI. Ahead-of-time compilation for processors without AVX-512
/// leaves its vectors out, and .NET has no name for its dot product, so the code is put together at run time: one function for each
/// number of rows up to 8. It computes bit for bit what <see cref="PanelKernel"/> computes.
/// </summary>
internal static unsafe class Avx512Kernel
{
    /// <summary>Most rows of activations that a function takes.</summary>
    public const int MostRows = 8;

    private const int PrefetchDistance = 8192;

    // zmm 0 to 7: integer sums of one block, one register a row of activations; 8 to 15: float sums; what else is needed.
    private const int Floats = 8, Packed = 16, Low = 17, High = 18, Mask = 19, Scales = 20, Factor = 21;

    // The arguments, in the order of the System V calling convention.
    private const Register Weights = Register.Rdi, Pairs = Register.Rsi, Values = Register.Rdx, Offsets = Register.Rcx, Factors = Register.R8, Sums = Register.R9;

    // 1, 3, 5 and 7 times the bytes from one row of values to the next, and the same for offsets and factors, which are half as far apart.
    private static readonly Register[] ValueSteps = [Register.Rax, Register.Rbx, Register.Rbp, Register.R12];
    private static readonly Register[] LaneSteps = [Register.R10, Register.R11, Register.R13, Register.R14];
    private static readonly Register[] Saved = [Register.Rbx, Register.Rbp, Register.R12, Register.R13, Register.R14];

    private static readonly nint[]? Functions = Compile();

    /// <summary>Whether this processor has the instructions and the system lets code be made at run time.</summary>
    public static bool IsSupported => Functions is not null;

    /// <summary>Sums of one panel for up to 8 rows of activations.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="x">The activations.</param>
    /// <param name="from">First row of activations.</param>
    /// <param name="rows">How many, 1 to 8.</param>
    /// <param name="sums">[rows, 16] sums, aligned to 64 bytes.</param>
    public static void Multiply(byte* panel, in QuantizedRows x, int from, int rows, float* sums)
    {
        var at = (long)from * x.Pairs;
        ((delegate* unmanaged<byte*, nint, sbyte*, int*, float*, float*, void>)Functions![rows - 1])(
            panel, x.Pairs, x.Values + at * QuantizedRows.PairBytes, x.Offsets + at * 8, x.Scales + at * 8, sums);
    }

    private static nint[]? Compile()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess || !HasInstructions()) return null;
        byte[][] functions = [.. Enumerable.Range(1, MostRows).Select(Assemble)];
        return ExecutableMemory.Of(functions);
    }

    // The kernel leaves out what it does not keep registers for.
    private static bool HasInstructions()
    {
        try
        {
            var flags = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal))?.Split(' ') ?? [];
            return flags.Contains("avx512f") && flags.Contains("avx512_vnni");
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static byte[] Assemble(int rows)
    {
        var code = new Avx512Assembler();
        foreach (var register in Saved) code.Push(register);
        code.MoveConstant(Register.Rax, 0x0F0F0F0F);
        code.Broadcast(Mask, Register.Rax);
        for (var row = 0; row < rows; row++) code.Zero(Floats + row);
        code.Address(Register.Rax, new Memory(Pairs, 0));
        code.ShiftLeft(Register.Rax, 6);
        code.Address(Register.R10, new Memory(Register.Rax, 0));
        code.ShiftRight(Register.R10, 1);
        Steps(code, ValueSteps);
        Steps(code, LaneSteps);

        var loop = code.Length;
        for (var line = 0; line < PanelMatrix.PairBytes; line += 64) code.Prefetch(new Memory(Weights, PrefetchDistance + line));
        for (var half = 0; half < 2; half++) Block(code, rows, half);
        code.Add(Weights, PanelMatrix.PairBytes);
        code.Add(Values, QuantizedRows.PairBytes);
        code.Add(Offsets, 8 * sizeof(int));
        code.Add(Factors, 8 * sizeof(float));
        code.Subtract(Pairs, 1);
        code.JumpIfNotZero(loop);

        for (var row = 0; row < rows; row++) code.Store(new Memory(Sums, row * PanelMatrix.PanelRows * sizeof(float)), Floats + row);
        code.ZeroUpper();
        for (var i = Saved.Length - 1; i >= 0; i--) code.Pop(Saved[i]);
        code.Return();
        return code.ToArray();
    }

    private static void Steps(Avx512Assembler code, Register[] steps)
    {
        code.Address(steps[1], new Memory(steps[0], 0, steps[0], 2));
        code.Address(steps[2], new Memory(steps[0], 0, steps[0], 4));
        code.Address(steps[3], new Memory(steps[1], 0, steps[0], 4));
    }

    // One block of 32 columns.
    private static void Block(Avx512Assembler code, int rows, int half)
    {
        const int VectorBytes = 4 * PanelMatrix.PanelRows;
        for (var row = 0; row < rows; row++) code.Broadcast(row, At(Offsets, LaneSteps, row, half * 16));
        for (var quad = 0; quad < 4; quad++)
        {
            code.Load(Packed, new Memory(Weights, half * 4 * VectorBytes + quad * VectorBytes));
            code.And(Low, Packed, Mask);
            code.ShiftRight(High, Packed, 4);
            code.And(High, High, Mask);
            var value = half * 16 + quad * 4;
            for (var row = 0; row < rows; row++) code.AddDotProducts(row, Low, At(Values, ValueSteps, row, value));
            for (var row = 0; row < rows; row++) code.AddDotProducts(row, High, At(Values, ValueSteps, row, value + 32));
        }
        code.ConvertHalves(Scales, new Memory(Weights, PanelMatrix.ScalesAt + half * 2 * PanelMatrix.PanelRows));
        for (var row = 0; row < rows; row++)
        {
            code.ConvertIntegers(row, row);
            code.Multiply(Factor, Scales, At(Factors, LaneSteps, row, half * 16));
            code.MultiplyAdd(Floats + row, row, Factor);
        }
    }

    // Row 0 to 7 from a base and the steps of 1, 3, 5 and 7 rows.
    private static Memory At(Register start, Register[] steps, int row, int displacement) => row switch
    {
        0 => new Memory(start, displacement),
        1 or 2 or 4 => new Memory(start, displacement, steps[0], row),
        6 => new Memory(start, displacement, steps[1], 2),
        _ => new Memory(start, displacement, steps[row / 2]),
    };
}
