package org.malleposte.shard;

import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.raft.StateMachine.Position;

/**
 * Up to where the log is contained in the state; written in one batch with what the entry changed.
 *
 * @param timeMillis the log's time: the highest of all entries so far, UTC
 */
record Applied(Position position, long timeMillis) {
  static final Applied NOTHING = new Applied(Position.NONE, 0);

  static Applied decode(byte[] value) {
    var in = new RecordReader(value);
    return new Applied(new Position(in.fixed64(), in.fixed64()), in.fixed64());
  }

  byte[] encode() {
    return new RecordWriter(24)
        .fixed64(position.term())
        .fixed64(position.index())
        .fixed64(timeMillis)
        .toBytes();
  }
}
