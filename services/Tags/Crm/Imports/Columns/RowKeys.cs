using System.IO.Hashing;
using System.Runtime.InteropServices;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Imports.Files;

namespace TagSegments.Tags.Crm.Imports.Columns;

/// <summary>The keys that several rows of a file have. Keys are kept as hashes of 128 bits, however long they are.</summary>
internal sealed class RowKeys(ImportSettings settings)
{
    private const int MaxRows = 2_000_000;
    private const int MaxRepeated = 100_000;
    private readonly ImportColumn? _column = settings.ComparesKeys ? settings.KeyColumn : null;
    private readonly HashSet<UInt128> _seen = [];
    private readonly HashSet<UInt128> _repeated = [];

    /// <summary>Notes the key of a row. Throws INVALID_ARGUMENT if the file has too many rows or repeated keys.</summary>
    public void Add(CsvRow row)
    {
        if (_column?.Read(row) is not { } text)
        {
            return;
        }

        var hash = Hash(settings.ByEmail ? new ContactState { [ContactAttribute.Email] = text }.EmailKey! : text);
        if (!_seen.Add(hash))
        {
            _repeated.Add(hash);
        }

        CheckRoom(_seen.Count <= MaxRows, $"more than {MaxRows} rows");
        CheckRoom(_repeated.Count <= MaxRepeated, $"more than {MaxRepeated} keys that several rows have");
    }

    /// <summary>Forgets the keys that only one row has, once all rows have been noted.</summary>
    public void Complete()
    {
        _seen.Clear();
        _seen.TrimExcess();
    }

    /// <summary>True if no row with the key has been asked for yet.</summary>
    public bool IsFirst(string key) => !IsRepeated(key) || _seen.Add(Hash(key));

    /// <summary>True if several rows have the key.</summary>
    public bool IsRepeated(string key) => _repeated.Count > 0 && _repeated.Contains(Hash(key));

    private static void CheckRoom(bool holds, string what)
    {
        if (!holds)
        {
            throw RpcErrors.InvalidField("options", $"the file has {what}: too many to compare; import it in parts");
        }
    }

    private static UInt128 Hash(string key) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(key.AsSpan()));
}
