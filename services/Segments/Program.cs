using TagSegments.Segments;

return await ServiceHost.RunAsync(args, SegmentsApp.Build, typeof(SegmentsApp).Assembly);
