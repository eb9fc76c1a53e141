using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Crm.Segments.V1;

namespace TagSegments.Segments.Index;

/// <summary>
/// The filters that were read and checked under the same names, so that a source that comes again is not parsed and checked again. A long
/// source is remembered as long as its call, which may read it several times; all others until there are too many.
/// </summary>
internal sealed class ReadFilters
{
    private const int MostFilters = 256;
    private const int MostBytes = 4_096;
    private readonly ConcurrentDictionary<FilterSource, Filter> _filters = [];
    private readonly ConditionalWeakTable<FilterSource, Filter> _ofCalls = new();
    private long _bytes;

    /// <summary>The bytes that the filters take in memory, about.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Gets the filter of a source and reads it if it is new; a source that cannot be read is not remembered.</summary>
    public Filter GetOrRead(FilterSource source, Func<Filter> read)
    {
        if (_ofCalls.TryGetValue(source, out var known) || _filters.TryGetValue(source, out known))
        {
            return known;
        }

        var filter = read();
        if (source.CalculateSize() > MostBytes)
        {
            _ofCalls.AddOrUpdate(source, filter);
        }
        else
        {
            Keep(source, filter);
        }

        return filter;
    }

    // Two threads may forget at once: what they count is then a little less than there is, until the next time.
    private void Keep(FilterSource source, Filter filter)
    {
        if (_filters.Count >= MostFilters)
        {
            _filters.Clear();
            Volatile.Write(ref _bytes, 0);
        }

        if (_filters.TryAdd(source, filter))
        {
            Interlocked.Add(ref _bytes, source.CalculateSize() + StateSize.OfFilter(filter));
        }
    }
}
