namespace TagSegments.Embedded;

/// <summary>An embedded server cannot be started; the message says what to do.</summary>
public sealed class EmbeddedServerException(string message, Exception? inner = null) : Exception(message, inner);
