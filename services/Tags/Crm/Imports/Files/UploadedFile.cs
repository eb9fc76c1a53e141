using System.Buffers;
using System.Text.Unicode;
using Crm.Contacts.V1;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>
/// An uploaded file, kept on disk while it is imported: it is read twice, and memory stays constant. It has no name there, so that nothing of it is
/// left when the process dies.
/// </summary>
internal sealed class UploadedFile : IAsyncDisposable
{
    private const int MaxPart = 1024 * 1024;
    private readonly FileStream _file;

    /// <summary>Makes an empty file in a folder.</summary>
    public UploadedFile(string folder)
    {
        var path = Path.Combine(folder, $"tagsegments-import-{Guid.NewGuid():N}");
        _file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.Delete,
                Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
                BufferSize = 64 * 1024,
            });
        if (!OperatingSystem.IsWindows())
        {
            // Windows deletes it even then; elsewhere an open file needs no name.
            File.Delete(path);
        }
    }

    /// <summary>Receives the rest of a call's requests, of which the first is current.</summary>
    public static async Task<UploadedFile> ReceiveAsync(ImportCall call, SpoolSpace space)
    {
        var file = new UploadedFile(space.Limits.Folder);
        try
        {
            do
            {
                await file.AppendAsync(call.Current, space, call.Token);
            }
            while (await call.NextAsync());

            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>Goes back to the beginning and gives the content.</summary>
    public Stream Rewind()
    {
        _file.Position = 0;
        return _file;
    }

    /// <summary>Checks whether the whole file is valid UTF-8.</summary>
    public bool IsUtf8()
    {
        const int longestCharacter = 4;
        var file = Rewind();
        var buffer = ArrayPool<byte>.Shared.Rent(MaxPart);
        try
        {
            var kept = 0;
            for (int read; (read = file.Read(buffer, kept, buffer.Length - kept)) > 0;)
            {
                var bytes = buffer.AsSpan(0, kept + read);
                var whole = WholeCharacters(bytes);
                if (!Utf8.IsValid(bytes[..whole]) || bytes.Length - whole >= longestCharacter)
                {
                    return false;
                }

                bytes[whole..].CopyTo(buffer);
                kept = bytes.Length - whole;
            }

            return kept == 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _file.DisposeAsync();

    // A character may go on in the next part: the bytes from its first one on are left for then.
    private static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.Length;
        while (end > 0 && bytes.Length - end < 3 && (bytes[end - 1] & 0xC0) == 0x80)
        {
            end--;
        }

        return end > 0 && bytes[end - 1] >= 0xC0 && !Utf8.IsValid(bytes[(end - 1)..]) ? end - 1 : bytes.Length;
    }

    private async Task AppendAsync(ImportRequest request, SpoolSpace space, CancellationToken ct)
    {
        if (request.Data.Length > MaxPart)
        {
            throw RpcErrors.InvalidField("data", "is longer than 1 MiB; send the file in smaller parts");
        }

        space.Take(request.Data.Length);
        await _file.WriteAsync(request.Data.Memory, ct);
    }
}
