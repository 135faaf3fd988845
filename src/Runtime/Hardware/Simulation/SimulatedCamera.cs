namespace Runtime.Hardware.Simulation;

/// <summary>The picture of a camera that is not there: grey, of the size that was asked for. Pure.</summary>
internal static class SimulatedCamera
{
    // A JPEG's pieces are 8 pixels wide and high.
    private const int Piece = 8;

    /// <summary>A whole JPEG file (ITU-T T.81): one component, and codes of one bit for the only two symbols that grey needs.</summary>
    public static byte[] Take(int width, int height)
    {
        // Two bits a piece, both 0: no step from the brightness before, which begins in the middle, and nothing else in it. Ones fill the last byte.
        var bits = 2 * ((width + Piece - 1) / Piece) * ((height + Piece - 1) / Piece);
        var pieces = new byte[(bits + 7) / 8];
        if (bits % 8 != 0) pieces[^1] = (byte)(0xFF >> (bits % 8));
        return
        [
            0xFF, 0xD8,
            // DQT: all ones.
            0xFF, 0xDB, 0, 67, 0, .. Enumerable.Repeat((byte)1, 64),
            // SOF0: 8 bits, height, width, one component.
            0xFF, 0xC0, 0, 11, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0,
            // DHT, for brightness and for the rest: one code, of one bit, for the symbol 0.
            0xFF, 0xC4, 0, 20, 0x00, 1, .. new byte[15], 0,
            0xFF, 0xC4, 0, 20, 0x10, 1, .. new byte[15], 0,
            // SOS, and EOI after the pieces.
            0xFF, 0xDA, 0, 8, 1, 1, 0x00, 0, 63, 0, .. pieces, 0xFF, 0xD9,
        ];
    }
}
